/**
 * A person's name without accents, case and marks, its words in order of the alphabet: "Pérez, Ana" and
 * "Ana Perez" are alike.
 *
 * @returns null where fewer than two words remain: a first name alone is anybody's
 */
export function nameKey(text: string): string | null {
  const words = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  return words.length < 2 ? null : words.toSorted().join(' ');
}
