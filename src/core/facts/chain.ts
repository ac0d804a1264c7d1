import type { Agreement, ReachedStage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import type { Dialect } from '../sql/dialect.ts';
import { identifier, join, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { fulfilledAt, fulfilledUntil, lateAt, reachedAt, skippedAt } from './columns.ts';
import { stageColumns } from './tables.ts';

/** A stage in its place: what it requires, and until when it counts. */
export interface Link {
  readonly stage: ReachedStage;
  readonly previous: ReachedStage | null;
}

export function links(agreement: Agreement): readonly Link[] {
  const stages = reachedStages(agreement);
  return stages.map((stage, index) => ({ stage, previous: stages[index - 1] ?? null }));
}

/** The instant before which a stage cannot be reached: NULL where it needs a stage that was not reached. */
export function notBefore(link: Link): Fragment {
  return link.previous === null ? identifier('created_at') : reachedAt(link.previous);
}

/** The last instant at which a stage still counts; `null` where it has no window. */
export function deadline(link: Link, dialect: Dialect): Fragment | null {
  if (link.stage.within === null || link.previous === null) return null;
  return dialect.plusSeconds(reachedAt(link.previous), link.stage.within.seconds);
}

/** A column that is added to a relation. */
export interface Added {
  readonly name: string;
  readonly value: Fragment;
}

/** Adds columns to a relation, level by level, so that a later one may use those of an earlier one. */
export function extend(relation: Fragment, levels: readonly (readonly Added[])[]): Fragment {
  return levels.reduce(
    (inner, columns) =>
      sql`(select *${tail(columns.map(({ name, value }) => sql`${value} as ${identifier(name)}`))} from ${inner})`,
    relation,
  );
}

/** An instant where it comes before another, which may never come; NULL elsewhere. */
export function before(end: Fragment, instant: Fragment): Fragment {
  return sql`case when not coalesce(${instant} >= ${end}, false) then ${instant} end`;
}

/**
 * Input: a row a lead with `created_at` and each stage's `fulfilled_<stage>`, from which on its criteria are
 * true, for ever or, of `bounded` stages, until `until_<stage>`. Output: the same with `at_<stage>` and
 * `late_<stage>`.
 */
export function reach(
  agreement: Agreement,
  relation: Fragment,
  bounded: ReadonlySet<string>,
  dialect: Dialect,
): Fragment {
  const levels = links(agreement).map((link): readonly Added[] => {
    const { at, late } = stageColumns(link.stage.id);
    const limit = deadline(link, dialect);
    const from = fulfilledAt(link.stage);
    const both = dialect.latestOf([from, notBefore(link)]);
    const held = bounded.has(link.stage.id) ? before(fulfilledUntil(link.stage), both) : both;
    const instant = link.stage.requiresPrevious ? held : from;
    if (limit === null) {
      return [
        { name: at, value: instant },
        { name: late, value: dialect.nothing('instant') },
      ];
    }
    // Without the stage before, a stage that requires none has no window to be out of.
    return [
      { name: at, value: sql`case when ${instant} > ${limit} then null else ${instant} end` },
      { name: late, value: sql`case when ${instant} > ${limit} then ${instant} end` },
    ];
  });
  return extend(relation, levels);
}

/**
 * Input: a row a lead with `at_…` and `fulfilled_…` of each stage. Output: the same with `skip_<stage>` (the
 * first instant at which a later stage's criteria were true, where this one was not reached) and `last_at`
 * (the latest stage reached, or the creation).
 */
export function skipsAndLast(agreement: Agreement, relation: Fragment, dialect: Dialect): Fragment {
  const stages = reachedStages(agreement);
  const skips = stages.map((stage, index) => {
    const later = stages.slice(index + 1).map(fulfilledAt);
    const first = later.length === 0 ? dialect.nothing('instant') : dialect.earliestOf(later);
    return sql`case when ${reachedAt(stage)} is null then ${first} end as ${skippedAt(stage)}`;
  });
  const last = dialect.latestKnown(stages.map(reachedAt));
  return sql`(select *, ${join(skips)}, coalesce(${last}, created_at) as last_at from ${relation})`;
}

export function stageInstants(agreement: Agreement): readonly Fragment[] {
  return reachedStages(agreement).flatMap((stage) => [reachedAt(stage), lateAt(stage), skippedAt(stage)]);
}
