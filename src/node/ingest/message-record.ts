import { createHash } from 'node:crypto';
import type { MessagesFormat } from './mapping.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A text of JSON, or a number. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;
const MANY_DIGITS = /\d[\d.]{15}/;
/** More digits than JavaScript's numbers keep. */
const LONG_NUMBER = /^-?(?=(?:\.?\d){16})\d+(?:\.\d+)?$/;

/**
 * Reads JSON so that its numbers keep their digits: one that is too long for JavaScript becomes a text.
 *
 * @returns undefined where it is no JSON
 */
export function parseExactly(text: string): unknown {
  try {
    return JSON.parse(
      MANY_DIGITS.test(text)
        ? text.replaceAll(TOKEN, (token) => (LONG_NUMBER.test(token) ? `"${token}"` : token))
        : text,
    );
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function memberOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The record that a line brings; null where it brings none. */
export function recordOf(line: string, { record }: MessagesFormat): JsonObject | null {
  if (line.trim() === '') return null;
  const message = parseExactly(line);
  const type = memberOf(message, 'type');
  if (typeof type !== 'string' || type.toUpperCase() !== 'RECORD') return null;
  const found = record.reduce(memberOf, message);
  return isObject(found) ? found : null;
}

/** The texts of a record's columns; what is a list or an object is its JSON. */
export function cellsOf(record: JsonObject, { columns, lists }: MessagesFormat): readonly (string | null)[] {
  return columns.map((path) => textOf(valueAt(record, path, lists)));
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? null);
}

/** The value at a path. Names may have points of their own: the shortest that leads somewhere is taken. */
function valueAt(value: unknown, path: string, lists: Readonly<Record<string, string>>, list = ''): unknown {
  if (Array.isArray(value)) return inList(value, path, lists, lists[list]);
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, path)) return value[path];
  for (let point = path.indexOf('.'); point > 0; point = path.indexOf('.', point + 1)) {
    const head = path.slice(0, point);
    if (!Object.hasOwn(value, head)) continue;
    const found = valueAt(value[head], path.slice(point + 1), lists, head);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Within a list: by the member that tells its objects apart, or by place, from 0. */
function inList(
  list: readonly unknown[],
  path: string,
  lists: Readonly<Record<string, string>>,
  by: string | undefined,
): unknown {
  if (by === undefined) {
    const [place = '', ...rest] = path.split('.');
    const value = /^\d+$/.test(place) ? list[Number(place)] : undefined;
    return rest.length === 0 ? value : valueAt(value, rest.join('.'), lists);
  }
  for (const each of list) {
    const name = memberOf(each, by);
    if (typeof name === 'string' && path.startsWith(`${name}.`))
      return valueAt(each, path.slice(name.length + 1), lists);
  }
  return undefined;
}

/** Tells one record from another by all that it says, in whatever order it says it. */
export function digestOf(record: JsonObject): string {
  return createHash('sha256').update(inOrder(record)).digest('hex').slice(0, 32);
}

function inOrder(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOrder).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const members = Object.keys(value)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${inOrder(value[name])}`);
  return `{${members.join(',')}}`;
}
