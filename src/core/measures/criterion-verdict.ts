import type { CriterionAnswer } from './criteria-answer.ts';

/** With fewer leads on either side, their sale rates are not compared. */
export const LEAST_LEADS = 30;
/** A criterion that so many pass asks for little. */
const NEARLY_ALL = 0.95;
/** One by which more than this part of the sales would be turned away asks for too much. */
const MOST_SALES_FAILING = 0.1;

type Compared = Pick<
  CriterionAnswer,
  'pass' | 'fail' | 'passing' | 'sales_failing' | 'difference' | 'required'
>;

/**
 * What the figures of a criterion say of it.
 *
 * - *Lax*: at least 95 % of those asked pass, or the interval of the difference of the sale rates does not lie above 0. Where
 *   fewer than 30 fail, only if the interval of the share that passes does not reach below 95 %.
 * - *Strict*: more than 10 % of the sales are of leads that fail it.
 * - *By rule*: the agreement lets nobody who fails be sold, and nobody was: the difference says how the
 *   agreement counts, not what the criterion knows.
 */
export function verdictOf(compared: Compared, isSale: boolean): Pick<CriterionAnswer, 'verdict' | 'reasons'> {
  if (isSale) return { verdict: 'sale', reasons: [] };
  const { pass, fail, passing, sales_failing: salesFailing, difference, required } = compared;
  const few = pass.leads < LEAST_LEADS || fail.leads < LEAST_LEADS;
  const nearlyAll = ((few ? passing.low : passing.rate) ?? 0) >= NEARLY_ALL;
  const noLift = !few && pass.sales + fail.sales > 0 && (difference?.low ?? 0) <= 0;
  const costly = !few && (salesFailing.rate ?? 0) > MOST_SALES_FAILING;
  const reasons = [
    ...(nearlyAll ? ['nearly_all_pass' as const] : []),
    ...(noLift ? ['no_lift' as const] : []),
    ...(costly ? ['sales_failing' as const] : []),
  ];
  if (nearlyAll || noLift) return { verdict: 'lax', reasons };
  if (few || pass.sales + fail.sales === 0) return { verdict: 'not_enough', reasons };
  if (costly) return { verdict: 'strict', reasons };
  return { verdict: required && fail.sales === 0 ? 'by_rule' : 'distinguishes', reasons };
}
