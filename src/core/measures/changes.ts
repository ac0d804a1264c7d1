import type { CalendarPart, Dimension, ReachedStage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import { isRolledUp } from '../facts/rollup.ts';
import { tally } from '../facts/tallies.ts';
import { valueStage } from '../facts/value.ts';
import type { Fragment } from '../sql/sql.ts';
import { rateAndMix } from '../stats/rate-and-mix.ts';
import type { GroupInBoth } from '../stats/rate-and-mix.ts';
import { linksOf, splitChain, splitCounts } from './change-split.ts';
import type { Both } from './change-split.ts';
import { changesAnswer, changesQuestion } from './changes-answer.ts';
import type {
  ChangesAnswer,
  ChangesQuestion,
  SplitChange,
  StepByDimension,
  StepGroup,
} from './changes-answer.ts';
import { heading } from './heading.ts';
import type { Measure, MeasureContext, Row } from './measure.ts';
import { dimensionOf, select } from './selection.ts';
import type { ComparedRange, Selection } from './selection.ts';
import { reachedOf } from './share.ts';
import { collect, figure, tallyQuery, TOTAL } from './tally-query.ts';
import type { Figures, Group } from './tally-query.ts';

/**
 * What changed between two periods, split among the steps of the funnel and so among their owners (see
 * `productChange`), and below each step among the groups of a dimension (see `rateAndMix`).
 */
export const changes: Measure<ChangesQuestion, ChangesAnswer> = {
  name: 'changes',
  question: changesQuestion,
  answer: changesAnswer,
  ask(question, context) {
    const asked = resolve(question, context);
    if (!asked.ok) return asked;
    const { selection, compared, dimensions } = asked.value;
    const groups = [TOTAL, ...dimensions.filter((each) => !isCredited(each)).map(groupOf)];
    const queries: Record<string, Fragment> = {
      leads: tallyQuery(selection, selection.range, groups, context, null),
      before: tallyQuery(selection, compared, groups, context, null),
    };
    const credited = dimensions.filter(isCredited).map(groupOf);
    if (credited.length > 0) {
      for (const { id } of reachedStages(context.agreement).slice(1)) {
        queries[`leads_${id}`] = tallyQuery(selection, selection.range, credited, context, id);
        queries[`before_${id}`] = tallyQuery(selection, compared, credited, context, id);
      }
    }
    return success(queries);
  },
  make(rows, question, context) {
    const asked = resolve(question, context);
    if (!asked.ok) return asked;
    const { selection, compared, dimensions } = asked.value;
    const { agreement } = context;
    const totals = {
      before: collect(rows['before'] ?? [], TOTAL).get(null),
      after: collect(rows['leads'] ?? [], TOTAL).get(null),
    };
    return success({
      ...heading(selection, context),
      currency: agreement.currency,
      compared: { ...compared, timezone: agreement.timezone },
      complete: selection.range.to <= (context.extent?.to ?? selection.range.to),
      count: splitCounts(
        reachedStages(agreement).map((stage) => ({
          id: stage.id,
          owner: stage.owner,
          before: reached(totals.before, stage),
          after: reached(totals.after, stage),
        })),
      ),
      value: splitValue(totals, context),
      steps: dimensions.flatMap((dimension) =>
        stepsBy(
          dimension,
          rows,
          question.dimension === undefined ? null : question.top,
          selection.mode,
          context,
        ),
      ),
    });
  },
};

interface Asked {
  readonly selection: Selection;
  readonly compared: ComparedRange;
  readonly dimensions: readonly Dimension[];
}

function resolve(question: ChangesQuestion, context: MeasureContext): Result<Asked> {
  const selection = select(question, context, null);
  if (!selection.ok) return selection;
  const compared = selection.value.compared ?? { ...selection.value.range, until: null };
  if (question.dimension === undefined) {
    const dimensions = context.agreement.dimensions.filter(isRolledUp);
    return success({ selection: selection.value, compared, dimensions });
  }
  const dimension = dimensionOf(context.agreement, question.dimension);
  if (!dimension.ok) return dimension;
  return success({ selection: selection.value, compared, dimensions: [dimension.value] });
}

/** Whom an activity credits depends on the stage that it fulfilled: each step has groups of its own. */
function isCredited({ kind }: Dimension): boolean {
  return kind === 'activity';
}

function groupOf(dimension: Dimension): Group {
  return { dimension, byDay: false, onlyReached: true };
}

function reached(figures: Figures | undefined, stage: ReachedStage): number {
  return figure(figures, tally.reached(stage.id));
}

/** The money of the stage that carries it: its leads, and the mean amount of one. */
function splitValue(totals: Both<Figures | undefined>, { agreement }: MeasureContext): SplitChange | null {
  const money = valueStage(agreement);
  if (money === null) return null;
  const all = reachedStages(agreement);
  const stages = all.slice(0, all.indexOf(money.stage) + 1);
  const chain = (figures: Figures | undefined): number[] => [
    ...stages.map((stage) => reached(figures, stage)),
    figure(figures, tally.amount),
  ];
  const quantities = { before: chain(totals.before), after: chain(totals.after) };
  if ((quantities.before.at(-1) ?? 0) < 0 || (quantities.after.at(-1) ?? 0) < 0) return null;
  return splitChain(
    money.stage.id,
    [
      ...linksOf(stages),
      { stage: money.stage.id, kind: 'ticket' as const, of: null, owner: money.stage.owner },
    ],
    quantities,
  );
}

/** Every step by one dimension; its groups where so many of them are asked for. */
function stepsBy(
  dimension: Dimension,
  rows: Readonly<Record<string, readonly Row[]>>,
  top: number | null,
  mode: 'cohort' | 'period',
  context: MeasureContext,
): StepByDimension[] {
  const stages = reachedStages(context.agreement);
  const part = dimension.kind === 'calendar' ? dimension.part : null;
  return stages.slice(1).flatMap((stage, position): StepByDimension[] => {
    const previous = stages[position];
    if (previous === undefined) return [];
    const own = isCredited(dimension) ? `_${stage.id}` : '';
    const before = collect(rows[`before${own}`] ?? [], groupOf(dimension));
    const after = collect(rows[`leads${own}`] ?? [], groupOf(dimension));
    const keys = [...new Set([...after.keys(), ...before.keys()])];
    const passing = (figures: Figures | undefined): GroupInBoth['before'] => ({
      from: reached(figures, previous),
      to: reachedOf(context.agreement, figures, previous, stage, mode),
    });
    const groups = keys.map((key) => ({ before: passing(before.get(key)), after: passing(after.get(key)) }));
    const effects = rateAndMix(groups);
    if (effects === null) return [];
    const told = keys.flatMap((key, nth): StepGroup[] => {
      const { before: was, after: is } = groups[nth] ?? { before: NOBODY, after: NOBODY };
      if ([was, is].every(({ from, to }) => from === 0 && to === 0)) return [];
      return [
        {
          kind: key === null ? 'missing' : 'value',
          value: key ?? '',
          label: part !== null && IN_WORDS.has(part) ? null : key,
          before: was,
          after: is,
          rate_effect: effects.groups[nth]?.rate ?? 0,
          mix_effect: effects.groups[nth]?.mix ?? 0,
        },
      ];
    });
    return [
      {
        stage: stage.id,
        of: previous.id,
        owner: stage.owner,
        dimension: dimension.id,
        part,
        before: effects.before,
        after: effects.after,
        rate_effect: effects.rate,
        mix_effect: effects.mix,
        reverses: effects.reverses,
        groups: top === null ? null : foldGroups(told, top),
      },
    ];
  });
}

const NOBODY = { from: 0, to: 0 };

/** Parts of the calendar that each language calls by a name of its own. */
const IN_WORDS: ReadonlySet<CalendarPart> = new Set<CalendarPart>(['weekday', 'hour', 'weekday_hour']);

/** Those that moved the rate most, and the others as one: the effects are sums. */
function foldGroups(groups: readonly StepGroup[], top: number): StepGroup[] {
  const moved = ({ rate_effect: rate, mix_effect: mix }: StepGroup): number => Math.abs(rate + mix);
  const ordered = groups.toSorted((left, right) => moved(right) - moved(left));
  const rest = ordered.slice(top);
  if (rest.length < 2) return [...ordered];
  const sum = (of: (group: StepGroup) => number): number => rest.reduce((all, group) => all + of(group), 0);
  return [
    ...ordered.slice(0, top),
    {
      kind: 'other',
      value: null,
      label: null,
      before: { from: sum(({ before }) => before.from), to: sum(({ before }) => before.to) },
      after: { from: sum(({ after }) => after.from), to: sum(({ after }) => after.to) },
      rate_effect: sum((group) => group.rate_effect),
      mix_effect: sum((group) => group.mix_effect),
    },
  ];
}
