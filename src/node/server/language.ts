import type { Context } from 'hono';
import { translator } from '../../core/diagnostic/wording.ts';
import type { Language, Translate } from '../../core/diagnostic/wording.ts';
import { catalogues } from '../../../locales/index.ts';

const translators = new Map<Language, Translate>();

/** The translator of all catalogues of a language. */
export function translateTo(language: Language): Translate {
  const known = translators.get(language);
  if (known) return known;
  const made = translator(language, ...catalogues(language));
  translators.set(language, made);
  return made;
}

/** The language that a text such as `es-MX,en;q=0.5` prefers, of those that we speak; else English. */
export function languageOf(text: string | undefined): Language {
  let best: Language = 'en';
  let weight = 0;
  for (const part of (text ?? '').toLowerCase().split(',')) {
    const found = /^\s*(es|en)(?![a-z])[^;]*(?:;\s*q\s*=\s*([\d.]+))?/.exec(part);
    const quality = Number(found?.[2] ?? 1);
    if (found === null || !(quality > weight)) continue;
    best = found[1] === 'es' ? 'es' : 'en';
    weight = quality;
  }
  return best;
}

/** The language of a request: what it names, else what its browser prefers. */
export function translatorOf(context: Context): {
  readonly language: Language;
  readonly translate: Translate;
} {
  const language = languageOf(context.req.query('lang') ?? context.req.header('accept-language'));
  return { language, translate: translateTo(language) };
}
