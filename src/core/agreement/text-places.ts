import { isCollection, isMap, isPair, isScalar, isSeq } from 'yaml';
import type { Node, Pair, YAMLMap } from 'yaml';

/** A text between two offsets that is replaced by another. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly by: string;
}

/** An item of a list or a pair of a map with what belongs to it: of a block, its lines and the comments right above it. */
export interface Chunk {
  readonly from: number;
  readonly to: number;
}

/** The chunks change places; what stands between them stays. Null where that cannot be placed. */
export function moveChunk(
  chunks: readonly Chunk[],
  text: string,
  isFlow: boolean,
  from: number,
  to: number,
): readonly Splice[] | null {
  if (chunks[from] === undefined || chunks[to] === undefined) return null;
  // A comment behind a flow item may end its line: what then comes is not known to be in its place.
  if (
    isFlow &&
    chunks.some(({ to: end }, nth) => text.slice(end, chunks[nth + 1]?.from ?? end).includes('#'))
  )
    return null;
  const order = chunks.map((_, position) => position);
  order.splice(to, 0, ...order.splice(from, 1));
  return chunks.flatMap(({ from: start, to: end }, position) => {
    const own = chunks[order[position] ?? position];
    return own === undefined || order[position] === position
      ? []
      : [{ from: start, to: end, by: text.slice(own.from, own.to) }];
  });
}

/** Above the first item: the line of the key that has the list or the map ends what may belong to it. */
export function commentsFloor(text: string, from: number): number {
  let floor = from;
  while (floor > 0 && /^\s*#/.test(text.slice(lineStart(text, floor - 1), floor)))
    floor = lineStart(text, floor - 1);
  return floor;
}

export type Placed = Node & { range: [number, number, number] };

export function isPlaced(node: unknown): node is Placed {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

export function pairOf(map: YAMLMap, key: string): Pair | null {
  return map.items.find((pair) => isPair(pair) && isScalar(pair.key) && pair.key.value === key) ?? null;
}

/** Where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the line of an offset ends: at its line feed, or with the text. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Where what a node says ends, without the blank lines and comments that follow it. */
export function contentEnd(node: Placed, text: string): number {
  if (isCollection(node) && node.flow !== true) {
    const last: unknown = node.items.at(-1);
    if (isMap(node) && isPair(last)) return pairEnd(last, text);
    if (isSeq(node) && isPlaced(last)) return contentEnd(last, text);
  }
  // A block text ends behind its line feeds.
  let end = node.range[1];
  while (end > node.range[0] && /[\n\r]/.test(text[end - 1] ?? '')) end -= 1;
  return end;
}

export function pairEnd({ key, value }: Pair, text: string): number {
  if (isPlaced(value)) return contentEnd(value, text);
  return isPlaced(key) ? key.range[1] : 0;
}

/** Whether nothing but blanks, and the dashes of lists, stands before an offset on its line. */
export function beginsLine(text: string, offset: number): boolean {
  return /^[\s-]*$/.test(text.slice(lineStart(text, offset), offset));
}

/**
 * Where the lines begin that belong to what begins on a line: comments right above it, too.
 *
 * @param from where the line begins
 * @param floor what stands before it belongs to something else
 */
export function withComments(text: string, from: number, floor: number): number {
  let start = from;
  while (start > floor) {
    const above = lineStart(text, start - 1);
    if (above < floor || !/^\s*#/.test(text.slice(above, start))) break;
    start = above;
  }
  return start;
}
