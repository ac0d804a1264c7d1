import type { Agreement } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import type { Expression } from '../rule/expression.ts';
import { visit } from '../rule/walk.ts';
import type { Dialect } from '../sql/dialect.ts';
import { expressionSql } from '../sql/expression.ts';
import { identifier, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { activityScope } from './activity-scope.ts';
import { isMacro, MacroIndex, readsLead } from './nodes.ts';
import { firstMatch, lastMatch, nthMatch, unknownMatches } from './plain-rules.ts';
import { AT } from './sources.ts';
import { countedMatches, spanOf } from './spans.ts';

/** What is kept of the activities that satisfy a predicate. */
export type Match = {
  readonly macro: string;
  readonly predicate: Expression;
} & ({ readonly what: 'first' | 'last' | 'unknown' } | { readonly what: 'nth'; readonly nth: number });

/** The column of a match in a lead's row. */
export function matchColumn(match: Match): string {
  const { macro } = match;
  switch (match.what) {
    case 'first':
      return firstMatch(macro);
    case 'last':
      return lastMatch(macro);
    case 'unknown':
      return unknownMatches(macro);
    case 'nth':
      return nthMatch(macro, match.nth);
  }
}

/**
 * The macros whose matches the criteria and hand-overs of some agreements count (see `Moment`), each with the counts:
 * of a lead with an activity of which the predicate cannot be told, the count is unknown from then on.
 */
export function countedMacros(
  index: MacroIndex,
  agreements: readonly Agreement[],
): ReadonlyMap<string, ReadonlySet<number>> {
  const counted = new Map<string, Set<number>>();
  const gather = (expression: Expression): void => {
    const span = spanOf(expression);
    for (const { macro, nth } of span === null ? [] : countedMatches(span)) {
      const name = index.name(macro);
      counted.set(name, (counted.get(name) ?? new Set()).add(nth));
    }
  };
  for (const agreement of agreements) {
    for (const { to } of agreement.handoffs) gather(to.expression);
    for (const stage of reachedStages(agreement))
      for (const { rule } of stage.criteria) gather(rule.expression);
  }
  return counted;
}

/**
 * What the rules of some agreements ask of a lead's activities: of each predicate the first match; of one that is
 * counted the match that makes enough; the last one only where a loss asks for it; and whether of some it cannot be told
 * only where a criterion is decided by it.
 */
export function matchesOf(index: MacroIndex, agreements: readonly Agreement[]): readonly Match[] {
  const own = new Set<string>();
  const losing = new Set<string>();
  const deciding = new Set<string>();
  const gather =
    (names: Set<string>) =>
    (node: Expression): void => {
      if (isMacro(node)) names.add(index.name(node));
    };
  for (const agreement of agreements) {
    for (const { rule } of agreement.lost) {
      if (isMacro(rule.expression)) losing.add(index.name(rule.expression));
      visit(rule.expression, gather(own));
    }
    for (const { to } of agreement.handoffs) visit(to.expression, gather(own));
    for (const stage of reachedStages(agreement))
      for (const { rule } of stage.criteria) {
        visit(rule.expression, gather(own));
        visit(rule.expression, gather(deciding));
      }
  }
  const counted = countedMacros(index, agreements);
  return index.macros
    .filter(({ name, predicate }) => own.has(name) && !readsLead(predicate))
    .flatMap(({ name: macro, predicate }): Match[] => [
      { macro, predicate, what: 'first' },
      ...(losing.has(macro) ? [{ macro, predicate, what: 'last' } as const] : []),
      ...(deciding.has(macro) || counted.has(macro) ? [{ macro, predicate, what: 'unknown' } as const] : []),
      ...[...(counted.get(macro) ?? [])]
        .filter((nth) => nth > 1)
        .map((nth) => ({ macro, predicate, what: 'nth', nth }) as const),
    ]);
}

/** A match over the activities of a lead, as an aggregate. */
export function matchValue(match: Match, dialect: Dialect): Fragment {
  const holds = expressionSql(match.predicate, activityScope(dialect), dialect);
  switch (match.what) {
    case 'first':
      return dialect.minIf(AT, holds);
    case 'last':
      return dialect.maxIf(AT, holds);
    case 'unknown':
      return dialect.cast(sql`${dialect.countIf(sql`(${holds}) is null`)} > 0`, 'integer');
    case 'nth':
      return dialect.nthLeastIf(AT, match.nth, holds);
  }
}

export function namedMatch(match: Match, dialect: Dialect): Fragment {
  return sql`${matchValue(match, dialect)} as ${identifier(matchColumn(match))}`;
}
