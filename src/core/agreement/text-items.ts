import type { YAMLSeq } from 'yaml';
import {
  columnOf,
  commentsFloor,
  contentEnd,
  isPlaced,
  lineEnd,
  lineStart,
  moveChunk,
  withComments,
} from './text-places.ts';
import type { Chunk, Splice } from './text-places.ts';
import { writeItem, writeValue } from './text-values.ts';
import type { Plain } from './text-values.ts';

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
  return chunks === null ? null : moveChunk(chunks, text, list.flow === true, from, to);
}
