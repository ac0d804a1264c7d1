import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';
export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

const KEY = 'tregua.theme';
const readers = new Set<() => void>();

function keptTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === kept) ?? 'system';
}

/** The colours that the reader chose, kept for the next visit. */
export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  showTheme();
  for (const told of readers) told();
}

/** Puts the kept colours on the page; done before anything is drawn. */
export function showTheme(): void {
  document.documentElement.dataset['theme'] = keptTheme();
}

export function useTheme(): Theme {
  return useSyncExternalStore((told) => {
    readers.add(told);
    return () => readers.delete(told);
  }, keptTheme);
}
