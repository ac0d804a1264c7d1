import { cellText, isJsonObject } from './json-text.ts';

/** What members of a list are called by, where they are objects: the answers of a form, `field_data` of Meta. */
const NAMES = ['name', 'key', 'ref', 'field', 'label', 'id'] as const;
const VALUES = ['value', 'values', 'answer', 'text'] as const;

const MOST_PATHS = 2000;

/**
 * A document of JSON as texts by path: `answers.email`, `tags.0`. A list of named values is told by the names:
 * `[{"name": "email", "value": "x"}]` under `fields` gives `fields.email`. Of a name that stands twice the
 * first holds.
 */
export function flatJson(value: unknown): ReadonlyMap<string, string | null> {
  const paths = new Map<string, string | null>();
  flatten(value, '', paths);
  return paths;
}

function flatten(value: unknown, path: string, into: Map<string, string | null>): void {
  if (into.size >= MOST_PATHS) return;
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
  if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) {
      const named = namedValue(each);
      if (named === null) flatten(each, below(String(index)), into);
      else flatten(named.value, below(named.name), into);
    }
    return;
  }
  if (isJsonObject(value)) {
    for (const [name, each] of Object.entries(value)) flatten(each, below(name), into);
    return;
  }
  if (!into.has(path)) into.set(path, cellText(value));
}

function namedValue(value: unknown): { readonly name: string; readonly value: unknown } | null {
  if (!isJsonObject(value)) return null;
  const name = NAMES.map((each) => value[each]).find((each) => typeof each === 'string');
  const of = VALUES.find((each) => Object.hasOwn(value, each));
  if (typeof name !== 'string' || of === undefined) return null;
  const held = value[of];
  // Meta gives each answer as a list, of one mostly.
  return {
    name,
    value: Array.isArray(held) && held.every((each) => typeof each === 'string') ? held.join(', ') : held,
  };
}
