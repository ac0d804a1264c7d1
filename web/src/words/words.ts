import { translator } from '../../../src/core/diagnostic/wording.ts';
import type { Language, Translate } from '../../../src/core/diagnostic/wording.ts';

/** A language, and what is said in it. */
export interface Words {
  readonly language: Language;
  readonly t: Translate;
}

const KEY = 'tregua.language';

/** The words of a language, fetched when it is first read in. */
export async function wordsOf(language: Language): Promise<Words> {
  const { catalogues } = await (language === 'es' ? import('./es.ts') : import('./en.ts'));
  return { language, t: translator(language, ...catalogues) };
}

/** The language of the first page: the one that the address asks for, the one that was chosen, the browser's. */
export function firstLanguage(): Language {
  // A page that is made into a PDF says in its address whom it is for.
  const asked = new URLSearchParams(location.search).get('lang');
  if (asked === 'es' || asked === 'en') return asked;
  const kept = localStorage.getItem(KEY);
  if (kept === 'es' || kept === 'en') return kept;
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'es';
}

/** Keeps the language for the next visit; the server reads it too, to send ahead what the page will ask. */
export function keepLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
  document.cookie = `${KEY}=${language}; path=/; max-age=31536000; samesite=lax`;
}
