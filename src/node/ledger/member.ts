/** A column of a row as the store gives it; undefined where it has none of that name. */
export function member(row: unknown, name: string): unknown {
  return typeof row === 'object' && row !== null ? Reflect.get(row, name) : undefined;
}
