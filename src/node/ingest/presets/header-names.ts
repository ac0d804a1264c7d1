/** The codes of currencies, by which a header's `(MXN)` is told from its `(all)`. */
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

export function isCurrency(code: string): boolean {
  return CURRENCIES.has(code);
}

/** A header as it is compared, and the currency that it says. */
export interface HeaderName {
  readonly name: string;
  readonly currency: string | null;
}

/** A text without what two spellings of it differ in: case, accents, marks, doubled blanks. */
export function plainText(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[\u200b-\u200d\ufeff]/g, '')
    .replaceAll(/[“”„«»]/g, '"')
    .replaceAll(/[‘’]/g, "'")
    .trim()
    .replaceAll(/\s+/g, ' ')
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '');
}

/** `Importe gastado (MXN)` is `importe gastado`, in MXN; `Clics (todos)` stays as it is. */
export function headerName(header: string): HeaderName {
  const [, bare, code] = /^(.*\S)\s*\(([A-Z]{3})\)$/.exec(header.normalize('NFKC').trim()) ?? [];
  return bare !== undefined && code !== undefined && isCurrency(code)
    ? { name: plainText(bare), currency: code }
    : { name: plainText(header), currency: null };
}
