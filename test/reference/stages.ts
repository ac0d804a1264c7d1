import type { Field, ReachedStage } from '../../src/core/agreement/agreement.ts';
import { stateAt } from './history.ts';
import type { History } from './history.ts';
import type { Instant } from './records.ts';
import { leadBindings, truthOf } from './rule-truth.ts';

export interface StageFacts {
  readonly reachedAt: Instant | null;
  readonly lateAt: Instant | null;
  readonly skipAt: Instant | null;
}

/** When a lead reached each stage, in the funnel's order. */
export function stageFacts(
  stages: readonly ReachedStage[],
  fields: readonly Field[],
  history: History,
): ReadonlyMap<string, StageFacts> {
  const holding = stages.map((stage) => instantsHolding(stage, fields, history));
  const reached: Pick<StageFacts, 'reachedAt' | 'lateAt'>[] = [];
  stages.forEach((stage, index) => {
    const previous = index === 0 ? history.createdAt : (reached[index - 1]?.reachedAt ?? null);
    reached.push(reach(stage, holding[index] ?? [], previous, index === 0));
  });
  return new Map(
    stages.map((stage, index) => {
      const own = reached[index] ?? { reachedAt: null, lateAt: null };
      const skipAt = own.reachedAt === null ? earliest(holding.slice(index + 1).flat()) : null;
      return [stage.id, { ...own, skipAt }];
    }),
  );
}

/** The instants at which all criteria are true; without criteria, all from the creation on. */
function instantsHolding(
  stage: ReachedStage,
  fields: readonly Field[],
  history: History,
): readonly Instant[] {
  return history.instants.filter((instant) => {
    if (stage.criteria.length === 0) return instant >= history.createdAt;
    const bindings = leadBindings(stateAt(history, instant), fields);
    return stage.criteria.every((criterion) => truthOf(criterion.rule.source, bindings) === true);
  });
}

/** `previous` is when the stage before was reached; for the first one, the lead's creation, without a window. */
function reach(
  stage: ReachedStage,
  holding: readonly Instant[],
  previous: Instant | null,
  isFirst: boolean,
): Pick<StageFacts, 'reachedAt' | 'lateAt'> {
  const limit =
    stage.within === null || previous === null || isFirst
      ? null
      : previous + BigInt(stage.within.seconds) * 1_000_000n;
  if (stage.requiresPrevious && previous === null) return { reachedAt: null, lateAt: null };
  const first = holding.find(
    (instant) => !stage.requiresPrevious || previous === null || instant >= previous,
  );
  if (first === undefined) return { reachedAt: null, lateAt: null };
  return limit !== null && first > limit
    ? { reachedAt: null, lateAt: first }
    : { reachedAt: first, lateAt: null };
}

function earliest(instants: readonly Instant[]): Instant | null {
  return instants.reduce<Instant | null>(
    (least, each) => (least === null || each < least ? each : least),
    null,
  );
}
