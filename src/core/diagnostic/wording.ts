import { IntlMessageFormat } from 'intl-messageformat';
import type { Diagnostic } from './diagnostic.ts';

export type Language = 'es' | 'en';

/** Messages in ICU MessageFormat by key. */
export type Catalogue = Readonly<Record<string, string>>;

export type MessageValues = Readonly<Record<string, string | number | boolean | Date | null | undefined>>;

/** `translate('key', values)` gives the message in one language; an unknown key is given back as it is. */
export type Translate = (key: string, values?: MessageValues) => string;

/** What may be more than text in a message; one without any is itself, and most are. */
const MARKED = /[{}'#]/;

/**
 * A translator over the catalogues of one language.
 *
 * @param language the language, also of numbers and plurals inside the messages
 * @param catalogues merged in order, later keys win
 */
export function translator(language: Language, ...catalogues: readonly Catalogue[]): Translate {
  const messages = new Map<string, string>();
  for (const catalogue of catalogues) {
    for (const [key, message] of Object.entries(catalogue)) messages.set(key, message);
  }
  const parsed = new Map<string, IntlMessageFormat>();
  // Mexican Spanish groups thousands as `1,586`; the screens write `1.586`, so numbers follow Spain's rules.
  const locale = language === 'es' ? 'es-ES' : 'en-US';
  return (key, values = {}) => {
    const message = messages.get(key);
    if (message === undefined) return key;
    if (!MARKED.test(message)) return message;
    let format = parsed.get(key);
    if (!format) {
      format = new IntlMessageFormat(message, locale, undefined, { ignoreTag: true });
      parsed.set(key, format);
    }
    return String(format.format({ ...values }));
  };
}

export interface WordedDiagnostic {
  readonly message: string;
  /** What to do about it; `null` where the message says it all. */
  readonly hint: string | null;
}

/**
 * A diagnostic in words. Where it found no near name to propose (`nearest` is blank), the mend is
 * `<code>.hint_far` instead of `<code>.hint`, if the catalogues have it.
 */
export function wordDiagnostic(diagnostic: Diagnostic, translate: Translate): WordedDiagnostic {
  const { code, params } = diagnostic;
  const keys = params['nearest'] === '' ? [`${code}.hint_far`, `${code}.hint`] : [`${code}.hint`];
  const hint = keys
    .map((key) => ({ key, text: translate(key, params) }))
    .find(({ key, text }) => text !== key);
  return { message: translate(code, params), hint: hint?.text ?? null };
}
