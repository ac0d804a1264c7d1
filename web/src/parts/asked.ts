import { useSearch } from '@tanstack/react-router';
import { createContext, use } from 'react';
import type { Search } from '../search.ts';

/**
 * What the parts of a screen ask. Where a screen shows its first numbers before its parts, it is what those
 * numbers are of: until they have come nothing else is asked, or drawn anew.
 */
export const AskedContext = createContext<Search | null>(null);

/** What is asked of a part of a screen: what the address says, once the screen's first numbers are of that. */
export function useAsked(): Search {
  const asked = use(AskedContext);
  const state = useSearch({ strict: false, select: (found: Search) => (asked === null ? found : null) });
  return asked ?? state ?? {};
}
