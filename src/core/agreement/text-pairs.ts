import { isCollection, isScalar } from 'yaml';
import type { Pair, YAMLMap } from 'yaml';
import {
  beginsLine,
  columnOf,
  commentsFloor,
  contentEnd,
  isPlaced,
  lineEnd,
  lineStart,
  moveChunk,
  pairEnd,
  withComments,
} from './text-places.ts';
import type { Chunk, Splice } from './text-places.ts';
import { isPlainMap, rankOf, writeValue } from './text-values.ts';
import type { Plain } from './text-values.ts';

function keyText({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}

/** The pair behind which a key belongs: the last one that the house writes before it. */
function pairBefore(map: YAMLMap, key: string): Pair | null {
  const rank = rankOf(key);
  return map.items.findLast((pair) => rankOf(keyText(pair)) <= rank) ?? map.items.at(-1) ?? null;
}

/** A key that the map does not have yet. */
export function insertPair(map: YAMLMap, text: string, key: string, value: Plain): readonly Splice[] | null {
  const before = pairBefore(map, key);
  if (before === null)
    return isPlaced(map) && map.flow === true
      ? [
          {
            from: map.range[0],
            to: contentEnd(map, text),
            by: writeValue({ [key]: value }, { flow: true, indent: 0 }),
          },
        ]
      : null;
  if (!isPlaced(before.key)) return null;
  const indent = columnOf(text, before.key.range[0]);
  const end = pairEnd(before, text);
  if (map.flow !== true) {
    const written = writeValue(value, { flow: false, indent });
    const line = `\n${' '.repeat(indent)}${key}:${written.startsWith('\n') ? '' : ' '}${written}`;
    const at = lineEnd(text, end);
    return [{ from: at, to: at, by: line }];
  }
  if (Array.isArray(value) && value.every(isPlainMap)) {
    const opened = openedMap(map, text, key, value);
    if (opened !== null) return opened;
  }
  const written = `${key}: ${writeValue(value, { flow: true, indent })}`;
  // Where each key has a line of its own, so has this one.
  const isOnLines =
    beginsLine(text, before.key.range[0]) &&
    map.range?.[0] !== undefined &&
    lineStart(text, map.range[0]) !== lineStart(text, before.key.range[0]);
  return [{ from: end, to: end, by: isOnLines ? `,\n${' '.repeat(indent)}${written}` : `, ${written}` }];
}

/** `- { id: lead, owner: marketing }` as lines, for what has no place within braces. */
function openedMap(map: YAMLMap, text: string, key: string, value: Plain): readonly Splice[] | null {
  if (!isPlaced(map)) return null;
  const [from, to] = map.range;
  const source = text.slice(from, to);
  if (/[\n#]/.test(source) || !/^ *- +$/.test(text.slice(lineStart(text, from), from))) return null;
  const indent = columnOf(text, from);
  const lines = map.items.flatMap((pair) =>
    isPlaced(pair.key) ? [text.slice(pair.key.range[0], pairEnd(pair, text))] : [],
  );
  const written = `${key}:${writeValue(value, { flow: false, indent })}`;
  return [{ from, to, by: [...lines, written].join(`\n${' '.repeat(indent)}`) }];
}

/** A value in the place of another one. */
export function replaceValue(map: YAMLMap, pair: Pair, text: string, value: Plain): readonly Splice[] | null {
  const { key, value: before } = pair;
  if (!isPlaced(key) || !isPlaced(before)) return null;
  const [from] = before.range;
  const to = contentEnd(before, text);
  const by = writeValue(value, { flow: map.flow === true, indent: columnOf(text, key.range[0]), before });
  const behindColon = text.indexOf(':', key.range[1]) + 1;
  if (by.startsWith('\n')) return [{ from: behindColon, to, by }];
  // What had lines of its own moves up behind its key.
  if (isCollection(before) && before.flow !== true) return [{ from: behindColon, to, by: ` ${by}` }];
  return [{ from, to, by: from === to ? ` ${by}` : by }];
}

/** The pairs of a map; null where they do not stand one below the other, or one beside the other. */
function chunksOf(map: YAMLMap, text: string): readonly Chunk[] | null {
  const chunks: Chunk[] = [];
  for (const pair of map.items) {
    if (!isPlaced(pair.key)) return null;
    const [start] = pair.key.range;
    if (map.flow === true) {
      chunks.push({ from: start, to: pairEnd(pair, text) });
      continue;
    }
    const from = lineStart(text, start);
    if (!/^ *$/.test(text.slice(from, start))) return null;
    const floor = chunks.at(-1)?.to ?? commentsFloor(text, from);
    chunks.push({ from: withComments(text, from, floor), to: lineEnd(text, pairEnd(pair, text)) });
  }
  return chunks;
}

/** The pairs change places; what stands between them stays. */
export function movePair(map: YAMLMap, text: string, from: number, to: number): readonly Splice[] | null {
  const chunks = chunksOf(map, text);
  return chunks === null ? null : moveChunk(chunks, text, map.flow === true, from, to);
}

export function removePair(map: YAMLMap, pair: Pair, text: string): readonly Splice[] | null {
  const at = map.items.indexOf(pair);
  const next = map.items[at + 1];
  const before = map.items[at - 1];
  if (!isPlaced(pair.key) || (next === undefined && before === undefined)) return null;
  const end = pairEnd(pair, text);
  const isWithinLine =
    map.flow === true || !/^\s*$/.test(text.slice(lineStart(text, pair.key.range[0]), pair.key.range[0]));
  if (isWithinLine) {
    if (next !== undefined && isPlaced(next.key))
      return [{ from: pair.key.range[0], to: next.key.range[0], by: '' }];
    return before === undefined ? null : [{ from: pairEnd(before, text), to: end, by: '' }];
  }
  const line = lineStart(text, pair.key.range[0]);
  const from = withComments(text, line, before === undefined ? 0 : lineEnd(text, pairEnd(before, text)) + 1);
  const to = lineEnd(text, end);
  return to === text.length ? [{ from: Math.max(0, from - 1), to, by: '' }] : [{ from, to: to + 1, by: '' }];
}
