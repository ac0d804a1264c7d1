import type { YAMLSeq } from 'yaml';
import { columnOf, contentEnd, isPlaced, lineEnd, lineStart, withComments } from './text-places.ts';
import type { Splice } from './text-places.ts';
import { writeItem, writeValue } from './text-values.ts';
import type { Plain } from './text-values.ts';

/** An item of a list with what belongs to it: of a block, its lines and the comments right above it. */
interface Chunk {
  readonly from: number;
  readonly to: number;
}

/** The items of a list; null where they do not stand one below the other, or one beside the other. */
function chunksOf(list: YAMLSeq, text: string): readonly Chunk[] | null {
  const nodes = list.items.filter(isPlaced);
  if (nodes.length !== list.items.length || nodes.length === 0) return null;
  if (list.flow === true) return nodes.map((node) => ({ from: node.range[0], to: contentEnd(node, text) }));
  const chunks: Chunk[] = [];
  for (const node of nodes) {
    const from = lineStart(text, node.range[0]);
    if (!/^ *- +$/.test(text.slice(from, node.range[0]))) return null;
    const floor = chunks.at(-1)?.to ?? (list.range?.[0] === undefined ? 0 : lineStart(text, list.range[0]));
    chunks.push({
      from: withComments(text, from, chunks.length === 0 ? commentsFloor(text, from) : floor),
      to: lineEnd(text, contentEnd(node, text)),
    });
  }
  return chunks;
}

/** Above the first item: the line of the key that has the list ends what may belong to it. */
function commentsFloor(text: string, from: number): number {
  let floor = from;
  while (floor > 0 && /^\s*#/.test(text.slice(lineStart(text, floor - 1), floor)))
    floor = lineStart(text, floor - 1);
  return floor;
}

export function insertItem(list: YAMLSeq, text: string, at: number, value: Plain): readonly Splice[] | null {
  const chunks = chunksOf(list, text);
  const last = chunks?.at(-1);
  if (chunks === null || last === undefined) return null;
  const next = chunks[at];
  if (list.flow === true) {
    const written = writeValue(value, { flow: true, indent: 0 });
    return next === undefined
      ? [{ from: last.to, to: last.to, by: `, ${written}` }]
      : [{ from: next.from, to: next.from, by: `${written}, ` }];
  }
  const [first] = list.items;
  if (!isPlaced(first)) return null;
  const dash = text.slice(lineStart(text, first.range[0]), first.range[0]);
  const written = dash + writeItem(value, columnOf(text, first.range[0]));
  return next === undefined
    ? [{ from: last.to, to: last.to, by: `\n${written}` }]
    : [{ from: next.from, to: next.from, by: `${written}\n` }];
}

export function removeItem(list: YAMLSeq, text: string, at: number): readonly Splice[] | null {
  const chunks = chunksOf(list, text);
  const own = chunks?.[at];
  if (chunks === null || own === undefined) return null;
  const next = chunks[at + 1];
  if (list.flow === true) {
    const before = chunks[at - 1];
    return next === undefined
      ? [{ from: before?.to ?? own.from, to: own.to, by: '' }]
      : [{ from: own.from, to: next.from, by: '' }];
  }
  // The last line of a text may have no line feed of its own.
  return own.to === text.length
    ? [{ from: Math.max(0, own.from - 1), to: own.to, by: '' }]
    : [{ from: own.from, to: own.to + 1, by: '' }];
}

/** The items change places; what stands between them stays. */
export function moveItem(list: YAMLSeq, text: string, from: number, to: number): readonly Splice[] | null {
  const chunks = chunksOf(list, text);
  if (chunks === null || chunks[from] === undefined || chunks[to] === undefined) return null;
  // A comment behind a flow item may end its line: what then comes is not known to be in its place.
  if (
    list.flow === true &&
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
