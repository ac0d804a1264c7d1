import { createContext, use, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { translator } from '../../src/core/diagnostic/wording.ts';
import type { Language, Translate } from '../../src/core/diagnostic/wording.ts';
import { identityEn } from '../../locales/en/identity.ts';
import { measureEn } from '../../locales/en/measure.ts';
import { webEn } from '../../locales/en/web.ts';
import { identityEs } from '../../locales/es/identity.ts';
import { measureEs } from '../../locales/es/measure.ts';
import { webEs } from '../../locales/es/web.ts';

interface Reading {
  readonly language: Language;
  readonly t: Translate;
  setLanguage: (language: Language) => void;
}

const TRANSLATORS: Readonly<Record<Language, Translate>> = {
  es: translator('es', measureEs, identityEs, webEs),
  en: translator('en', measureEn, identityEn, webEn),
};

const KEY = 'tregua.language';

function firstLanguage(): Language {
  // A page that is made into a PDF says in its address whom it is for.
  const asked = new URLSearchParams(location.search).get('lang');
  if (asked === 'es' || asked === 'en') return asked;
  const kept = localStorage.getItem(KEY);
  if (kept === 'es' || kept === 'en') return kept;
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'es';
}

const ReadingContext = createContext<Reading | null>(null);

/** Gives the screens the reader's language, kept for the next visit. */
export function LanguageProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [language, setLanguage] = useState(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem(KEY, language);
  }, [language]);
  const reading = useMemo(() => ({ language, t: TRANSLATORS[language], setLanguage }), [language]);
  return <ReadingContext value={reading}>{children}</ReadingContext>;
}

export function useReading(): Reading {
  const reading = use(ReadingContext);
  if (reading === null) throw new Error('a screen outside of its language');
  return reading;
}
