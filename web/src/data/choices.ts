import { useCallback, useState } from 'react';
import type { Choice } from './import-answers.ts';

const KEY = 'tregua.import';

/** What is said of files by their ids; kept while the window is open, so that a reload loses nothing. */
export function useChoices(): readonly [
  choices: Readonly<Record<string, Choice>>,
  choose: (id: string, choice: Choice) => void,
] {
  const [choices, setChoices] = useState(read);
  const choose = useCallback((id: string, choice: Choice) => {
    setChoices((before) => {
      const after = { ...before, [id]: choice };
      sessionStorage.setItem(KEY, JSON.stringify(after));
      return after;
    });
  }, []);
  return [choices, choose];
}

function read(): Readonly<Record<string, Choice>> {
  try {
    // Written by ourselves, from the same type.
    return JSON.parse(sessionStorage.getItem(KEY) ?? '{}');
  } catch {
    return {};
  }
}
