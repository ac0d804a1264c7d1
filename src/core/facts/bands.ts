import type { Dimension } from '../agreement/agreement.ts';
import type { Dialect } from '../sql/dialect.ts';
import { join, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';

type Bands = Extract<Dimension, { kind: 'bands' }>;

/**
 * The names of the bands between ascending edges, from the lowest: [18, 25] gives `<18`, `18–24`, `25+` for
 * whole numbers, and `<18`, `18–<25`, `25+` for others.
 */
export function bandNames(edges: readonly number[], whole: boolean): readonly string[] {
  const names = edges.map((edge, position) => {
    const next = edges[position + 1];
    if (next === undefined) return `${edge}+`;
    if (!whole) return `${edge}–<${next}`;
    return next - edge === 1 ? String(edge) : `${edge}–${next - 1}`;
  });
  return edges[0] === undefined ? [] : [`<${edges[0]}`, ...names];
}

/** The band of a number; NULL of NULL. */
export function bandOf(dimension: Bands, whole: boolean, column: Fragment, dialect: Dialect): Fragment {
  const names = bandNames(dimension.edges, whole);
  const cases = dimension.edges.map(
    (edge, position) =>
      sql`when ${column} < ${raw(String(edge))} then ${dialect.literal('string', names[position] ?? '')}`,
  );
  return sql`case when ${column} is null then null ${join(cases, ' ')}
    else ${dialect.literal('string', names.at(-1) ?? '')} end`;
}
