import { translator } from '../../../src/core/diagnostic/wording.ts';
import type { Language, Translate } from '../../../src/core/diagnostic/wording.ts';
import { dataEn } from '../../../locales/en/data.ts';
import { dataEs } from '../../../locales/es/data.ts';
import { useReading } from '../language.tsx';

const TRANSLATORS: Readonly<Record<Language, Translate>> = {
  es: translator('es', dataEs),
  en: translator('en', dataEn),
};

/** How what was refused for a reason is mended; null where its reason says it all. */
export function mendOf(code: string, w: Translate): string | null {
  const key = `mend.${code}`;
  const text = w(key);
  return text === key ? null : text;
}

/** The words of the screens of data: they come with these screens, and not with the first page. */
export function useWords(): { readonly w: Translate; readonly language: Language } {
  const { language } = useReading();
  return { w: TRANSLATORS[language], language };
}
