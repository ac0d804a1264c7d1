import { InvariantError } from '../diagnostic/errors.ts';

/** A value that travels beside the text as a bound parameter. */
export type SqlValue = string | number | bigint | boolean | null;

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly value: SqlValue }
  | { readonly kind: 'identifier'; readonly name: string };

/** A piece of SQL: text that we wrote, with values and identifiers kept apart from it. */
export interface Fragment {
  readonly kind: 'fragment';
  readonly parts: readonly Part[];
}

export interface Rendered {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

function isFragment(value: Fragment | SqlValue): value is Fragment {
  return typeof value === 'object' && value !== null;
}

/**
 * Builds a fragment: an interpolated fragment becomes part of the text, anything else a bound parameter.
 *
 * @example
 * const where = sql`age >= ${18}`;
 * sql`select * from ${identifier('lead_facts')} where ${where}`;
 */
export function sql(texts: TemplateStringsArray, ...values: readonly (Fragment | SqlValue)[]): Fragment {
  const parts: Part[] = [];
  texts.forEach((text, index) => {
    if (text !== '') parts.push({ kind: 'text', text });
    if (index >= values.length) return;
    const value = values[index];
    if (value === undefined) throw new InvariantError('undefined in SQL');
    if (isFragment(value)) parts.push(...value.parts);
    else parts.push({ kind: 'value', value });
  });
  return { kind: 'fragment', parts };
}

/** A name of a table or column. Any text is allowed: it is quoted by the dialect. */
export function identifier(name: string): Fragment {
  return { kind: 'fragment', parts: [{ kind: 'identifier', name }] };
}

/**
 * Text that is ours to the letter (a keyword, a number that we computed). Never text of a user's.
 */
export function raw(text: string): Fragment {
  return { kind: 'fragment', parts: [{ kind: 'text', text }] };
}

export const empty: Fragment = { kind: 'fragment', parts: [] };

export function join(fragments: readonly Fragment[], separator = ', '): Fragment {
  const parts: Part[] = [];
  fragments.forEach((fragment, index) => {
    if (index > 0) parts.push({ kind: 'text', text: separator });
    parts.push(...fragment.parts);
  });
  return { kind: 'fragment', parts };
}

/** Columns that follow others: `, a, b`, or nothing. */
export function tail(columns: readonly Fragment[]): Fragment {
  return columns.length === 0 ? empty : sql`, ${join(columns)}`;
}

/** All of them, `true` for none. */
export function all(conditions: readonly Fragment[]): Fragment {
  if (conditions.length === 0) return raw('true');
  return sql`(${join(conditions, ' and ')})`;
}

/** Any of them, `false` for none. */
export function any(conditions: readonly Fragment[]): Fragment {
  if (conditions.length === 0) return raw('false');
  return sql`(${join(conditions, ' or ')})`;
}

export interface Quoting {
  /** The text that stands for the parameter at this position, from 1. */
  placeholder(position: number, value: SqlValue): string;
  quoteIdentifier(name: string): string;
}

export function render(fragment: Fragment, quoting: Quoting): Rendered {
  const values: SqlValue[] = [];
  let text = '';
  for (const part of fragment.parts) {
    switch (part.kind) {
      case 'text':
        text += part.text;
        break;
      case 'identifier':
        text += quoting.quoteIdentifier(part.name);
        break;
      case 'value':
        values.push(part.value);
        text += quoting.placeholder(values.length, part.value);
        break;
    }
  }
  return { text, values };
}
