import { parse } from 'lossless-json';
import { isDeepStrictEqual } from 'node:util';

/** A number of JSON as it was written: an id of 17 digits does not survive a JavaScript number. */
export class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type JsonProblem = 'json.syntax' | 'json.too_deep' | 'json.duplicate_key';

/** Thrown for a text that is no JSON as we take it. */
export class JsonFault extends Error {
  readonly code: JsonProblem;
  /** In the words of the parser, or the key. */
  readonly detail: string;

  constructor(code: JsonProblem, detail: string) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
  }
}

const DEEPEST = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** How deep arrays and objects stand in each other, looked at before anything recurses into them. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === BACKSLASH) index += 1;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    // [ and {
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > DEEPEST) return true;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return false;
}

/**
 * Reads JSON without loss: numbers come as `NumberText`, a key that stands twice in an object with different
 * values is refused, `__proto__` is a key like any other. Throws a `JsonFault`.
 */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) throw new JsonFault('json.too_deep', String(DEEPEST));
  try {
    return parse(text, null, {
      parseNumber: (number) => new NumberText(number),
      onDuplicateKey: ({ key, oldValue, newValue }) => {
        if (!isDeepStrictEqual(oldValue, newValue))
          throw new JsonFault('json.duplicate_key', key.slice(0, 80));
        return oldValue;
      },
    });
  } catch (error) {
    if (error instanceof JsonFault) throw error;
    if (error instanceof SyntaxError) throw new JsonFault('json.syntax', error.message.slice(0, 120));
    throw error;
  }
}

/** True of an object of JSON, and of no list and no number. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText)
  );
}

/** JSON again, with each number as it was written. */
export function jsonText(value: unknown): string {
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (isJsonObject(value))
    return `{${Object.entries(value)
      .map(([key, each]) => `${JSON.stringify(key)}:${jsonText(each)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}

/** A value as the text of a cell: of a list or an object its JSON; null of what is not there. */
export function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  return jsonText(value);
}
