import { createContext, use, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import type { Language } from '../../src/core/diagnostic/wording.ts';
import { keepLanguage, wordsOf } from './words/words.ts';
import type { Words } from './words/words.ts';

interface Reading extends Words {
  setLanguage: (language: Language) => void;
}

const ReadingContext = createContext<Reading | null>(null);

/** Gives the screens the reader's language, kept for the next visit. */
export function LanguageProvider({
  first,
  children,
}: {
  readonly first: Words;
  readonly children: ReactNode;
}): ReactNode {
  const [words, setWords] = useState(first);
  const { language } = words;
  useEffect(() => {
    document.documentElement.lang = language;
    keepLanguage(language);
  }, [language]);
  const reading = useMemo(
    () => ({ ...words, setLanguage: (chosen: Language) => void wordsOf(chosen).then(setWords) }),
    [words],
  );
  return <ReadingContext value={reading}>{children}</ReadingContext>;
}

export function useReading(): Reading {
  const reading = use(ReadingContext);
  if (reading === null) throw new Error('a screen outside of its language');
  return reading;
}
