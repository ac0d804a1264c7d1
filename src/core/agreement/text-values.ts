import { isScalar, parseDocument } from 'yaml';
import type { Placed } from './text-places.ts';

/** What an edit writes. */
export type Plain = string | number | boolean | null | readonly Plain[] | PlainMap;
export interface PlainMap {
  readonly [key: string]: Plain | undefined;
}

export interface Setting {
  /** Within braces or brackets, where nothing may break the line. */
  readonly flow: boolean;
  /** The column of the key, or of the dash. */
  readonly indent: number;
  /** What stood there: its quotes and its block are kept. */
  readonly before?: Placed | undefined;
}

/** The order in which the house writes the keys of an agreement, and of a stage, a target, a dimension. */
const ORDER: readonly string[] = [
  'tregua',
  'name',
  'timezone',
  'currency',
  'country',
  'week_starts',
  'areas',
  'fields',
  'identity',
  'funnel',
  'lost',
  'targets',
  'handoffs',
  'dimensions',
  'rates',
  'id',
  'type',
  'label',
  'pii',
  'missing',
  'field',
  'bands',
  'of',
  'part',
  'activity',
  'from',
  'to',
  'owner',
  'metric',
  'at_least',
  'at_most',
  'per',
  'requires',
  'within',
  'hours',
  'holidays',
  'criteria',
  'rule',
  'reason',
  'where',
  'value',
];

/** Where a key stands among others; those that nobody ordered come last. */
export function rankOf(key: string): number {
  const rank = ORDER.indexOf(key);
  return rank < 0 ? ORDER.length : rank;
}

/**
 * A value as YAML writes it behind its key. A list of maps is a block of lines, which begins with a line feed;
 * everything else stands on one line.
 */
export function writeValue(value: Plain, { flow, indent, before }: Setting): string {
  if (isList(value)) {
    const isOfMaps = value.length > 0 && value.every(isPlainMap);
    if (!flow && isOfMaps)
      return `\n${value.map((each) => `${' '.repeat(indent + 2)}- ${writeItem(each, indent + 4)}`).join('\n')}`;
    return `[${value.map((each) => writeValue(each, { flow: true, indent })).join(', ')}]`;
  }
  if (isPlainMap(value)) {
    const pairs = entriesOf(value).map(
      ([key, each]) => `${writeText(key, true)}: ${writeValue(each, { flow: true, indent })}`,
    );
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  return typeof value === 'string' ? writeText(value, flow, indent, before) : String(value);
}

/** An item of a list behind its dash: a map has each of its keys on a line of its own. */
export function writeItem(value: Plain, indent: number): string {
  if (!isPlainMap(value)) return writeValue(value, { flow: false, indent });
  return entriesOf(value)
    .map(([key, each]) => {
      const written = writeValue(each, { flow: false, indent });
      return `${writeText(key, false)}:${written.startsWith('\n') ? '' : ' '}${written}`;
    })
    .join(`\n${' '.repeat(indent)}`);
}

export function isPlainMap(value: Plain): value is PlainMap {
  return typeof value === 'object' && value !== null && !isList(value);
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

function entriesOf(map: PlainMap): readonly (readonly [string, Plain])[] {
  return Object.entries(map).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
}

function writeText(text: string, flow: boolean, indent = 0, before?: Placed): string {
  const style = isScalar(before) ? before.type : undefined;
  if (style === 'BLOCK_LITERAL' && !flow && text.includes('\n') && !/^\s|[^\n\P{Cc}]/u.test(text)) {
    const lines = text.replace(/\n$/, '').split('\n');
    const margin = ' '.repeat(indent + 2);
    return `${text.endsWith('\n') ? '|' : '|-'}\n${lines.map((line) => (line === '' ? '' : margin + line)).join('\n')}`;
  }
  if (style === 'QUOTE_DOUBLE' || /\p{Cc}/u.test(text)) return JSON.stringify(text);
  if (style !== 'QUOTE_SINGLE' && isPlainText(text, flow)) return text;
  return `'${text.replaceAll("'", "''")}'`;
}

/** Whether a text without quotes is read as just that text. */
function isPlainText(text: string, flow: boolean): boolean {
  const document = parseDocument(flow ? `{ k: ${text} }` : `k: ${text}`, { schema: 'core' });
  const read: unknown = document.errors.length > 0 ? null : document.toJS();
  const isAlone = typeof read === 'object' && read !== null && Object.keys(read).length === 1;
  const node = isAlone ? document.getIn(['k'], true) : null;
  return isScalar(node) && node.type === 'PLAIN' && node.value === text;
}
