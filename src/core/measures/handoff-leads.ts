import type { Handoff } from '../agreement/agreement.ts';
import { fault } from '../diagnostic/diagnostic.ts';
import { failure, success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import { all, identifier, raw, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { handoffGrouping, SELLER } from './handoff-groups.ts';
import { OUTCOMES_OF } from './handoff-outcomes.ts';
import { handoffNamed, handoffStates, isOutcome } from './handoff-states.ts';
import type { MeasureContext } from './measure.ts';
import type { LeadsQuestion } from './question.ts';
import type { Selection } from './selection.ts';

/** The hand-over that a question about leads names; `null` where it names none. */
export function handoffAsked(question: LeadsQuestion, context: MeasureContext): Result<Handoff | null> {
  if (question.handoff !== undefined) return handoffNamed(question.handoff, context.agreement);
  for (const name of ['answer', 'by', 'group'] as const) {
    if (question[name] !== undefined)
      return failure(fault('question.needs_handoff', { name, value: question[name] }));
  }
  return success(null);
}

/** The leads of a hand-over as a condition over the facts: the same that its numbers count. */
export function handoffLeads(
  handoff: Handoff,
  question: LeadsQuestion,
  selection: Selection,
  context: MeasureContext,
): Result<Fragment> {
  const { dialect } = context;
  const grouping = handoffGrouping(question.by ?? SELLER, context);
  if (!grouping.ok) return grouping;
  const asked = { handoff, days: selection.range, waiting: false, selection };
  const states = handoffStates(asked, grouping.value, context);
  const text = grouping.value.text(identifier('group_key'));
  const ofGroup =
    question.group === undefined
      ? raw('true')
      : question.group === ''
        ? sql`${text} is null`
        : sql`${text} = ${dialect.literal('string', question.group)}`;
  const outcome = question.answer === undefined ? raw('true') : isOutcome(OUTCOMES_OF[question.answer]);
  return success(sql`lead_id in (select lead_id from ${states} where ${all([outcome, ofGroup])})`);
}
