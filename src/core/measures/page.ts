import type { Dimension, Stage } from '../agreement/agreement.ts';
import { success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import { adQuery } from './ad-query.ts';
import { pageAnswer } from './answer.ts';
import type { PageAnswer } from './answer.ts';
import { adQueries, makeBreakdown } from './breakdown.ts';
import { makeFunnel } from './funnel.ts';
import type { Measure, MeasureContext, Row } from './measure.ts';
import { pageQuestion } from './question.ts';
import type { PageQuestion } from './question.ts';
import { dimensionOf, select, stagePair } from './selection.ts';
import type { ComparedRange, Selection } from './selection.ts';
import { stageTargetQueries } from './stage-target.ts';
import { collect, DAYS, tallyQuery, TOTAL } from './tally-query.ts';
import type { Figures, Group } from './tally-query.ts';
import { makeTrend } from './trend.ts';

const BREAKDOWNS = 5;

/** The whole first page in one statement a period: funnel, comparison, trend and breakdowns. */
export const page: Measure<PageQuestion, PageAnswer> = {
  name: 'page',
  question: pageQuestion,
  answer: pageAnswer,
  ask(question, context) {
    const parts = resolve(question, context);
    if (!parts.ok) return parts;
    const { selection, dimensions, pair } = parts.value;
    const { range, compared } = selection;
    const groups = [TOTAL, DAYS, ...dimensions.map((dimension) => ({ dimension, byDay: false, pair }))];
    const ads = adQuery(selection, range, context);
    const adsBefore = compared === null ? null : adQuery(selection, compared, context);
    return success({
      leads: tallyQuery(selection, range, groups, context, pair[1].id),
      ...(compared === null
        ? {}
        : { before: tallyQuery(selection, compared, beforeGroups(compared), context, pair[1].id) }),
      ...stageTargetQueries(selection, context),
      ...(ads === null ? {} : { ads }),
      ...(adsBefore === null ? {} : { adsBefore }),
      ...Object.fromEntries(
        dimensions.flatMap((dimension) => {
          const query = adQueries(dimension, selection, range, context)['adGroups'];
          return query === undefined ? [] : [[`adGroups_${dimension.id}`, query]];
        }),
      ),
    });
  },
  make(rows, question, context) {
    const parts = resolve(question, context);
    if (!parts.ok) return parts;
    const { selection, dimensions, pair } = parts.value;
    const leads = rows['leads'] ?? [];
    const totals = collect(leads, TOTAL).get(null);
    const before = rows['before'] === undefined ? undefined : totalBefore(rows['before'], selection);
    const funnel = makeFunnel(rows, totals, before, selection, context);
    if (!funnel.ok) return funnel;
    return success({
      funnel: funnel.value,
      trend: makeTrend(rows, question.every, selection, context),
      breakdowns: dimensions.map((dimension) =>
        makeBreakdown(
          { leads, ads: rows['ads'], adGroups: rows[`adGroups_${dimension.id}`] },
          null,
          { dimension, second: null, pair, top: question.top },
          selection,
          context,
        ),
      ),
    });
  },
};

/** At equal age the facts are counted, once: the days add up to the total. */
function beforeGroups({ until }: ComparedRange): readonly Group[] {
  return until === null ? [TOTAL, DAYS] : [DAYS];
}

function totalBefore(rows: readonly Row[], { compared }: Selection): Figures | undefined {
  if (compared?.until == null) return collect(rows, TOTAL).get(null);
  const sums: Record<string, number> = {};
  for (const figures of collect(rows, DAYS).values()) {
    for (const [name, value] of Object.entries(figures)) sums[name] = (sums[name] ?? 0) + value;
  }
  return sums;
}

interface Parts {
  readonly selection: Selection;
  readonly dimensions: readonly Dimension[];
  readonly pair: readonly [Stage, Stage];
}

function resolve(question: PageQuestion, context: MeasureContext): Result<Parts> {
  const pair = stagePair(context.agreement, question.stages);
  if (!pair.ok) return pair;
  const selection = select(question, context, pair.value[1].id);
  if (!selection.ok) return selection;
  const dimensions: Dimension[] = [];
  for (const id of question.breakdowns) {
    const dimension = dimensionOf(context.agreement, id);
    if (!dimension.ok) return dimension;
    dimensions.push(dimension.value);
  }
  return success({
    selection: selection.value,
    pair: pair.value,
    dimensions: question.breakdowns.length > 0 ? dimensions : defaultDimensions(context),
  });
}

/** The first dimensions of the agreement that the rollup keeps. */
function defaultDimensions(context: MeasureContext): readonly Dimension[] {
  return context.agreement.dimensions
    .filter((dimension) => dimension.kind !== 'activity')
    .slice(0, BREAKDOWNS);
}
