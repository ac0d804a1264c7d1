import type { Agreement, Criterion, ReachedStage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import type { Judgement } from '../agreement/rulebook.ts';
import { fault } from '../diagnostic/diagnostic.ts';
import { nearest } from '../diagnostic/nearest.ts';
import { failure, success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import type { Fragment } from '../sql/sql.ts';
import { CriterionConditions, dataOfStage } from './criterion-states.ts';
import type { Datum } from './criterion-states.ts';
import type { LeadsQuestion } from './question.ts';

/** What a question about leads asks of criteria: conditions over the facts, the same that the numbers count. */
export function criterionLeads(
  question: LeadsQuestion,
  agreement: Agreement,
  judgements: readonly Judgement[],
): Result<readonly Fragment[]> {
  const where = new CriterionConditions(agreement, judgements, 'facts');
  const parts: Fragment[] = [];
  if (question.criterion === undefined) {
    if (question.result !== undefined)
      return failure(fault('question.result_needs_criterion', { result: question.result }));
  } else {
    const found = criterionOf(agreement, question.criterion);
    if (!found.ok) return found;
    const { stage, criterion } = found.value;
    parts.push(
      question.result === undefined ? where.asked(stage) : where.result(stage, criterion, question.result),
    );
  }
  if (question.missing === undefined) {
    if (question.alone !== undefined) return failure(fault('question.alone_needs_missing'));
  } else {
    const found = datumOf(agreement, question.missing);
    if (!found.ok) return found;
    const { stage, datum } = found.value;
    parts.push(question.alone === undefined ? where.missing(stage, datum) : where.alone(stage, datum));
  }
  if (question.sold !== undefined) parts.push(question.sold === 'yes' ? where.sold() : where.uncounted());
  return success(parts);
}

function withCriteria(agreement: Agreement): readonly ReachedStage[] {
  return reachedStages(agreement).filter((stage) => stage.criteria.length > 0);
}

function criterionOf(
  agreement: Agreement,
  text: string,
): Result<{ readonly stage: ReachedStage; readonly criterion: Criterion }> {
  const known = withCriteria(agreement).flatMap((stage) =>
    stage.criteria.map((criterion) => ({ stage, criterion, name: `${stage.id}.${criterion.id}` })),
  );
  const found = known.find(({ name }) => name === text);
  return found
    ? success(found)
    : unknown(
        'question.unknown_criterion',
        text,
        known.map(({ name }) => name),
      );
}

/** A stage alone stands for whatever is missing there. */
function datumOf(
  agreement: Agreement,
  text: string,
): Result<{ readonly stage: ReachedStage; readonly datum: Datum | null }> {
  const known = withCriteria(agreement).flatMap((stage) => [
    { stage, datum: null, name: stage.id },
    ...dataOfStage(agreement, stage).map((datum) => ({ stage, datum, name: `${stage.id}.${datum.key}` })),
  ]);
  const found = known.find(({ name }) => name === text);
  return found
    ? success(found)
    : unknown(
        'question.unknown_datum',
        text,
        known.map(({ name }) => name),
      );
}

function unknown(code: string, name: string, known: readonly string[]): Result<never> {
  return failure(fault(code, { name, known: known.join(', '), nearest: nearest(name, known) ?? '' }));
}
