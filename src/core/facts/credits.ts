import type { Agreement, Dimension } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { expressionSql } from '../sql/expression.ts';
import { all, any, identifier, join, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { activityScope } from './activity-scope.ts';
import { fieldValue, handedAt, reachedAt } from './columns.ts';
import { MacroIndex } from './nodes.ts';
import { AT, createdWithin, knownActivities } from './sources.ts';
import type { Scope } from './sources.ts';
import { answerColumn, dimensionColumn } from './tables.ts';
import type { CreditMember } from './tables.ts';

type ActivityDimension = Extract<Dimension, { kind: 'activity' }>;

export function activityDimensions(agreement: Agreement): readonly ActivityDimension[] {
  return agreement.dimensions.filter((dimension) => dimension.kind === 'activity');
}

/** The members that are kept of the activity that answered a hand-over. */
export function answerMembers(agreement: Agreement): readonly CreditMember[] {
  return [...new Set<CreditMember>(['seller', ...activityDimensions(agreement).map(({ member }) => member)])];
}

/** The columns of the facts with what is kept of the activities that answered hand-overs. */
export function answerColumns(agreement: Agreement): readonly string[] {
  return agreement.handoffs.flatMap((handoff) =>
    answerMembers(agreement).map((member) => answerColumn(member, handoff.id)),
  );
}

/**
 * Statements that bring the answers from the credits, where they are found, to the facts, where they are asked
 * for: to join the two takes longer than all the rest of a question about hand-overs.
 */
export function moveAnswers(agreement: Agreement, facts: Fragment, credit: Fragment): readonly Fragment[] {
  const columns = answerColumns(agreement).map((name) => identifier(name));
  if (columns.length === 0) return [];
  return [
    sql`update ${facts} set ${join(columns.map((column) => sql`${column} = c.${column}`))} from ${credit} c
      where c.lead_id = ${facts}.lead_id and ${any(columns.map((column) => sql`c.${column} is not null`))}`,
    ...columns.map((column) => sql`alter table ${credit} drop column ${column}`),
  ];
}

/**
 * Input: the activities and the facts of their leads. Output: rows
 * - `lead_id, d_<dimension>__<stage>`: the member of the activity that fulfilled the stage (the latest until then
 *   that one of its rules counts), and for a lead that did not reach it, of its latest activity that has one;
 * - `answer_<member>_<handoff>`: of the activity that answered a hand-over, found in the same way; NULL where
 *   nobody answered it.
 */
export function creditRows(agreement: Agreement, facts: Fragment, scope: Scope): Fragment {
  const dimensions = activityDimensions(agreement);
  if (dimensions.length === 0 && agreement.handoffs.length === 0) {
    return sql`select ${scope.dialect.nothing('text')} as lead_id where false`;
  }
  const { dialect } = scope;
  const order = [sql`a.${AT}`, sql`a.activity_id`];
  const lead = { lead: (field: string) => sql`f.${fieldValue(field)}`, createdAt: sql`f.created_at` };
  const predicatesOf = (part: Agreement): readonly Fragment[] =>
    new MacroIndex(part).macros.map((macro) =>
      expressionSql(macro.predicate, activityScope(dialect, raw('a'), lead), dialect),
    );
  const columns = dimensions.flatMap((dimension) =>
    reachedStages(agreement).map((stage) => {
      const member = dialect.cast(sql`a.${identifier(dimension.member)}`, 'text');
      const predicates = predicatesOf({ ...agreement, stages: [stage], lost: [], handoffs: [] });
      const reached = sql`f.${reachedAt(stage)}`;
      // A stage that no activity counts for is fulfilled by none.
      const fulfilled =
        predicates.length === 0
          ? dialect.nothing('text')
          : dialect.byGreatestIf(member, order, all([sql`a.${AT} <= ${reached}`, any(predicates)]));
      const latest = dialect.byGreatestIf(member, order, sql`${member} is not null`);
      return sql`case when max(${reached}) is not null then ${fulfilled} else ${latest} end
        as ${identifier(dimensionColumn(dimension.id, stage.id))}`;
    }),
  );
  const answers = agreement.handoffs.flatMap((handoff) => {
    const predicates = predicatesOf({ ...agreement, stages: [], lost: [], handoffs: [handoff] });
    return answerMembers(agreement).map((name) => {
      const member = dialect.cast(sql`a.${identifier(name)}`, 'text');
      const answered =
        predicates.length === 0
          ? dialect.nothing('text')
          : dialect.byGreatestIf(
              member,
              order,
              all([sql`a.${AT} <= f.${handedAt(handoff)}`, any(predicates)]),
            );
      return sql`${answered} as ${identifier(answerColumn(name, handoff.id))}`;
    });
  });
  return sql`select a.lead_id${tail([...columns, ...answers])}
    from ${knownActivities(scope)} a join ${facts} f on f.lead_id = a.lead_id
    where ${createdWithin(scope, sql`f.created_at`)} group by a.lead_id`;
}
