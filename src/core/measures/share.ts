import type { Agreement, ReachedStage, Stage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { implies, tally } from '../facts/tallies.ts';
import { wilsonInterval } from '../stats/wilson.ts';
import type { AdFigures } from './ad-query.ts';
import type { Share } from './answer.ts';
import type { Figures } from './tally-query.ts';
import { figure } from './tally-query.ts';

/**
 * Stage over stage. Leads over clicks are a ratio of two things, not a share of one: they have no interval,
 * however few they are.
 */
export function conversion(
  from: Stage,
  to: Stage,
  numerator: number,
  denominator: number,
  mode: 'cohort' | 'period',
): Share {
  return share(from.id, numerator, denominator, from.kind === to.kind ? mode : 'period');
}

/**
 * A share with its interval. What happened in a period over what else happened is no share of one set of
 * leads, and a ratio over 1 none of anything: they have no interval.
 */
export function share(
  of: string | null,
  numerator: number,
  denominator: number,
  mode: 'cohort' | 'period',
): Share {
  const isShare = mode === 'cohort' && numerator <= denominator;
  const interval = isShare ? wilsonInterval(numerator, denominator) : null;
  return {
    of,
    numerator,
    denominator,
    rate: denominator > 0 ? numerator / denominator : null,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
  };
}

/** Leads of `from` that reached `to`: in a cohort of those of `from`, in a period whatever happened. */
export function reachedOf(
  agreement: Agreement,
  figures: Figures | undefined,
  from: ReachedStage,
  to: ReachedStage,
  mode: 'cohort' | 'period',
): number {
  const stages = reachedStages(agreement);
  const loose = !implies(stages, stages.indexOf(from), stages.indexOf(to));
  return figure(figures, mode === 'cohort' && loose ? tally.both(from.id, to.id) : tally.reached(to.id));
}

/** A stage's count: leads, or what ads measured (null where it cannot be told). */
export function countOf(stage: Stage, figures: Figures | undefined, ads: AdFigures | null): number | null {
  return stage.kind === 'measured' ? (ads?.[stage.from] ?? null) : figure(figures, tally.reached(stage.id));
}
