import fc from 'fast-check';
import type { Agreement } from '../../src/core/agreement/agreement.ts';
import { reachedStages } from '../../src/core/agreement/agreement.ts';
import { dataOfStage } from '../../src/core/measures/criterion-states.ts';
import { ANSWERS } from '../../src/core/measures/handoff-outcomes.ts';
import { filterRule } from './rules.ts';

/** What random questions can be about. */
export interface Asker {
  readonly agreement: Agreement;
  readonly leads: readonly string[];
}

type Question = Readonly<Record<string, unknown>>;

const day = fc
  .integer({ min: 24, max: 34 })
  .map((nth) => (nth > 31 ? `2026-04-0${nth - 31}` : `2026-03-${nth}`));

/** A member that is left away as often as not, so that its default is asked for too. */
function maybe(name: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<Question> {
  return fc
    .option(value, { nil: undefined, freq: 2 })
    .map((given) => (given === undefined ? {} : { [name]: given }));
}

function together(...parts: readonly fc.Arbitrary<Question>[]): fc.Arbitrary<Question> {
  return fc.tuple(...parts).map((members) => Object.assign({}, ...members));
}

/** Both days, one of them, or none: those left away are told by the data. */
const days: fc.Arbitrary<Question> = fc
  .tuple(day, day, fc.constantFrom('both', 'from', 'to', 'none', 'none'))
  .map(([a, b, given]) => {
    const [from, to] = a < b ? [a, b] : [b, a];
    return {
      ...(given === 'both' || given === 'from' ? { from } : {}),
      ...(given === 'both' || given === 'to' ? { to } : {}),
    };
  });
const where = maybe('where', filterRule);
const filter: fc.Arbitrary<Question> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc
      .subarray(['zone=north', 'zone=', 'vip=true', 'ages=18–29', 'platform=meta', 'caller=ana'], {
        minLength: 1,
      })
      .map((filters) => ({ filter: filters })),
  },
);
const mode = maybe('mode', fc.constantFrom('cohort', 'period'));
const compare = together(
  maybe('compare', fc.constantFrom('none', 'previous', 'year')),
  maybe('equal_age', fc.boolean()),
);
const common = together(days, where, filter);

function dimension({ agreement }: Asker): fc.Arbitrary<string> {
  return fc.constantFrom(...agreement.dimensions.map(({ id }) => id), 'day', 'hour', 'zone');
}

/** Two stages in their order, of all of them or of those that leads reach. */
function pair({ agreement }: Asker, which: 'all' | 'reached'): fc.Arbitrary<Question> {
  const ids = (which === 'all' ? agreement.stages : reachedStages(agreement)).map(({ id }) => id);
  return maybe(
    'stages',
    fc.subarray(ids, { minLength: 2, maxLength: 2 }).map((two) => two.join(',')),
  );
}

function stage({ agreement }: Asker): fc.Arbitrary<string> {
  return fc.constantFrom(...reachedStages(agreement).map(({ id }) => id));
}

/** One of the agreement's hand-overs, where it has any. */
function handoff({ agreement }: Asker): fc.Arbitrary<Question> {
  const ids = agreement.handoffs.map(({ id }) => id);
  return ids.length === 0 ? fc.constant({}) : maybe('handoff', fc.constantFrom(...ids));
}

/** Of a hand-over, the leads with some answer, of some group. */
function handoffLeads(asker: Asker): fc.Arbitrary<Question> {
  return together(
    handoff(asker),
    maybe('answer', fc.constantFrom(...ANSWERS)),
    fc.oneof(
      maybe('group', fc.constantFrom('', 'ana', 'bob')),
      fc
        .tuple(
          fc.constantFrom('zone', 'vip', 'caller', 'weekday'),
          fc.constantFrom('', 'north', 'true', 'ana', '7'),
        )
        .map(([by, group]) => ({ by, group })),
    ),
  ).map((asked) => ('handoff' in asked ? asked : {}));
}

/** The leads that a number of a criterion counts: of one of the agreement, where it has one. */
function criterionLeads({ agreement }: Asker): fc.Arbitrary<Question> {
  const stages = reachedStages(agreement).filter(({ criteria }) => criteria.length > 0);
  if (stages.length === 0) return maybe('sold', fc.constantFrom('yes', 'uncounted'));
  const criterion = fc.constantFrom(
    ...stages.flatMap(({ id, criteria }) => criteria.map((each) => `${id}.${each.id}`)),
  );
  const datum = fc.constantFrom(
    ...stages.flatMap((stage) => [
      stage.id,
      ...dataOfStage(agreement, stage).map(({ key }) => `${stage.id}.${key}`),
    ]),
  );
  return together(
    fc.oneof(
      fc.constant({}),
      fc
        .tuple(criterion, fc.constantFrom('pass', 'fail', 'unknown'))
        .map(([id, result]) => ({ criterion: id, result })),
      fc.tuple(datum, maybe('alone', fc.constant('yes'))).map(([missing, alone]) => ({ missing, ...alone })),
    ),
    maybe('sold', fc.constantFrom('yes', 'uncounted')),
  );
}

const every = maybe('every', fc.constantFrom('day', 'week', 'month'));

/**
 * Random questions, by the name of the measure. Each registered measure has its own here: a test says so of
 * one that has not.
 */
export const QUESTIONS: Readonly<Record<string, (asker: Asker) => fc.Arbitrary<Question>>> = {
  funnel: () => together(common, mode, compare, maybe('times', fc.boolean())),
  breakdown: (asker) =>
    together(
      common,
      mode,
      compare,
      pair(asker, 'all'),
      dimension(asker).map((id) => ({ dimension: id })),
      maybe('second', dimension(asker)),
      maybe('top', fc.constantFrom(1, 2, 1000)),
    ),
  // The first version of the agreement, as a draft of it.
  whatif: (asker) =>
    together(
      common,
      fc.constant({ draft: '1' }),
      maybe('stage', stage(asker)),
      maybe('direction', fc.constantFrom('gained', 'lost')),
      maybe('limit', fc.constantFrom(0, 3, 1000)),
      maybe('offset', fc.constantFrom(0, 2)),
    ),
  trend: () => together(common, mode, compare, every),
  page: (asker) =>
    together(
      common,
      mode,
      compare,
      every,
      pair(asker, 'all'),
      maybe('breakdowns', fc.array(dimension(asker), { minLength: 1, maxLength: 2 })),
      maybe('top', fc.constantFrom(1, 1000)),
    ),
  changes: (asker) =>
    together(
      common,
      mode,
      maybe('compare', fc.constantFrom('previous', 'year')),
      maybe('equal_age', fc.boolean()),
      maybe('dimension', dimension(asker)),
      maybe('top', fc.constantFrom(1, 1000)),
    ),
  maturity: (asker) =>
    together(common, compare, pair(asker, 'reached'), maybe('every', fc.constantFrom('week', 'month'))),
  targets: () => together(common, mode, maybe('history', fc.constantFrom(0, 2, 12))),
  criteria: () => common,
  opportunities: () => together(common, maybe('top', fc.constantFrom(1, 100))),
  handoffs: (asker) =>
    together(
      common,
      handoff(asker),
      maybe('by', dimension(asker)),
      maybe('top', fc.constantFrom(1, 1000)),
      maybe('oldest', fc.constantFrom(0, 1000)),
    ),
  leads: (asker) =>
    together(
      common,
      mode,
      fc.oneof(handoffLeads(asker), criterionLeads(asker)),
      fc.oneof(
        maybe('stage', stage(asker)),
        fc
          .tuple(stage(asker), fc.constantFrom('open', 'lost', 'won', 'skipped', 'late'))
          .map(([id, status]) => ({ stage: id, status })),
      ),
      maybe('unreached', stage(asker)),
      maybe('sort', fc.constantFrom('id', '-status', 'value', '-age', 'zone')),
      maybe('limit', fc.constantFrom(3, 1000)),
      maybe('offset', fc.constantFrom(0, 2)),
      maybe('search', fc.constantFrom('1', 'LEAD')),
    ),
  lead: ({ leads }) => fc.constantFrom(...leads).map((id) => ({ id })),
};
