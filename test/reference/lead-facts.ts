import { reachedStages } from '../../src/core/agreement/agreement.ts';
import type { Agreement, Dimension } from '../../src/core/agreement/agreement.ts';
import { groupOf } from './groups.ts';
import { firstValues, histories, stateAt } from './history.ts';
import type { History } from './history.ts';
import { lossSince } from './loss.ts';
import { predicatesIn } from './predicates.ts';
import type { Activity, Instant, Records, Setting, Value } from './records.ts';
import { celActivity, leadBindings, truthOf } from './rule-truth.ts';
import type { Truth } from './rule-truth.ts';
import { stageFacts } from './stages.ts';
import type { StageFacts } from './stages.ts';

/** All that is derived of a lead. */
export interface LeadFacts {
  readonly leadId: string;
  readonly createdAt: Instant;
  readonly stages: ReadonlyMap<string, StageFacts>;
  /** What each criterion says in the end, by `stage__criterion`. */
  readonly criteria: ReadonlyMap<string, Truth>;
  readonly status: 'open' | 'lost' | 'won';
  /** The furthest stage reached. */
  readonly atStage: string | null;
  readonly lostAt: Instant | null;
  readonly lostRule: string | null;
  readonly lostReason: string | null;
  readonly value: number | null;
  /** The amounts that make the value, with when they came. */
  readonly amounts: readonly { readonly at: Instant; readonly amount: number }[];
  readonly latest: ReadonlyMap<string, Value>;
  readonly first: ReadonlyMap<string, Value>;
  /** By dimension, and for those over activities by `dimension__stage`; null is the missing group. */
  readonly groups: ReadonlyMap<string, string | null>;
  /** By hand-over, the first instant from its stage on at which its rule is true. */
  readonly handed: ReadonlyMap<string, Instant | null>;
  /** By hand-over, the activity that answered it. */
  readonly answers: ReadonlyMap<string, Activity | null>;
}

/** Every lead's facts, worked out one lead at a time from the meaning of the agreement alone. */
export function leadFacts(setting: Setting, records: Records): readonly LeadFacts[] {
  return histories(records, setting).map((history) => factsOf(setting, history));
}

function factsOf({ agreement, asOf }: Setting, history: History): LeadFacts {
  const stages = reachedStages(agreement);
  const facts = stageFacts(stages, agreement.fields, history);
  const reachedAt = (id: string): Instant | null => facts.get(id)?.reachedAt ?? null;
  const furthest = stages.findLast((stage) => reachedAt(stage.id) !== null)?.id ?? null;
  const won = furthest !== null && furthest === stages.at(-1)?.id;
  const reached = stages.map((stage) => reachedAt(stage.id)).filter((at) => at !== null);
  const progress =
    reached.length === 0 ? history.createdAt : reached.reduce((latest, at) => (at > latest ? at : latest));
  const loss = won ? null : lossSince(agreement, history, progress);
  const latest = stateAt(history, asOf).attributes;
  const first = firstValues(history);
  const carrier = stages.find((stage) => stage.value !== null && reachedAt(stage.id) !== null);
  const amounts = history.activities.flatMap((activity) => {
    const counts =
      carrier?.value && truthOf(carrier.value.where.source, { activity: celActivity(activity) }) === true;
    return counts && activity.amount !== null ? [{ at: activity.at, amount: activity.amount }] : [];
  });
  const handed = new Map(
    agreement.handoffs.map((handoff) => {
      const from = reachedAt(handoff.from);
      const done = history.instants.find(
        (instant) =>
          from !== null &&
          instant >= from &&
          truthOf(handoff.to.source, leadBindings(stateAt(history, instant), agreement.fields)) === true,
      );
      return [handoff.id, done ?? null] as const;
    }),
  );
  return {
    leadId: history.leadId,
    createdAt: history.createdAt,
    stages: facts,
    criteria: new Map(
      stages.flatMap((stage) =>
        stage.criteria.map((criterion) => [
          `${stage.id}__${criterion.id}`,
          truthOf(criterion.rule.source, leadBindings(stateAt(history, asOf), agreement.fields)),
        ]),
      ),
    ),
    status: won ? 'won' : loss === null ? 'open' : 'lost',
    atStage: furthest,
    lostAt: loss?.at ?? null,
    lostRule: loss?.rule ?? null,
    lostReason: loss?.reason ?? null,
    value: carrier === undefined ? null : amounts.reduce((sum, each) => sum + each.amount, 0),
    amounts,
    latest,
    first,
    handed,
    answers: new Map(
      agreement.handoffs.map((handoff) => {
        const done = handed.get(handoff.id) ?? null;
        return [
          handoff.id,
          done === null ? null : fulfilling(agreement, [handoff.to.source], done, history, asOf),
        ];
      }),
    ),
    groups: new Map(
      agreement.dimensions.flatMap((dimension): readonly (readonly [string, string | null])[] =>
        dimension.kind === 'activity'
          ? stages.map((stage) => [
              `${dimension.id}__${stage.id}`,
              credited(agreement, dimension, stage.id, reachedAt(stage.id), history, asOf),
            ])
          : [[dimension.id, groupOf(agreement, dimension, { createdAt: history.createdAt, latest, first })]],
      ),
    ),
  };
}

/** The member of the activity that fulfilled a stage, or of the latest one that has it. */
function credited(
  agreement: Agreement,
  dimension: Extract<Dimension, { kind: 'activity' }>,
  stageId: string,
  reachedAt: Instant | null,
  history: History,
  asOf: Instant,
): string | null {
  const member = (activity: Activity): string | null => activity[dimension.member];
  if (reachedAt === null) {
    const last = history.activities.findLast((activity) => member(activity) !== null);
    return last === undefined ? null : member(last);
  }
  const stage = reachedStages(agreement).find((each) => each.id === stageId);
  const found = fulfilling(
    agreement,
    (stage?.criteria ?? []).map(({ rule }) => rule.source),
    reachedAt,
    history,
    asOf,
  );
  return found === null ? null : member(found);
}

/** The latest activity until an instant that one of the rules counts. */
function fulfilling(
  agreement: Agreement,
  rules: readonly string[],
  until: Instant,
  history: History,
  asOf: Instant,
): Activity | null {
  const predicates = rules.flatMap((rule) => predicatesIn(rule));
  const bindings = leadBindings(stateAt(history, asOf), agreement.fields);
  return (
    history.activities.findLast(
      (activity) =>
        activity.at <= until &&
        predicates.some(
          (each) => truthOf(each.source, { ...bindings, [each.variable]: celActivity(activity) }) === true,
        ),
    ) ?? null
  );
}
