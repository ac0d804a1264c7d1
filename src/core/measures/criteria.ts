import type { Criterion, ReachedStage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { success } from '../diagnostic/result.ts';
import { implies } from '../facts/tallies.ts';
import { difference } from '../stats/difference.ts';
import { predictionInterval } from '../stats/prediction.ts';
import { all, identifier, join, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import type { Share } from './answer.ts';
import { criteriaAnswer, criteriaQuestion } from './criteria-answer.ts';
import type {
  CriteriaAnswer,
  CriteriaQuestion,
  CriteriaStage,
  CriterionAnswer,
  EstimateOfLeads,
  MissingDatum,
  SideAnswer,
} from './criteria-answer.ts';
import {
  CriterionConditions,
  dataOfStage,
  leadStates,
  mayBeUncounted,
  RESULTS,
  saleStage,
  stageAsked,
} from './criterion-states.ts';
import { verdictOf } from './criterion-verdict.ts';
import { heading } from './heading.ts';
import type { Measure, MeasureContext, Row } from './measure.ts';
import { factsRelation, select } from './selection.ts';
import { share } from './share.ts';

/** How a figure is named in the row: what it counts, of which stage, and of which criterion or datum. */
function figureName(what: string, stage: ReachedStage, part = ''): string {
  return `${what} ${stage.id} ${part}`;
}

/** Whether each criterion tells the leads that buy from the others, and what missing data cost. */
export const criteria: Measure<CriteriaQuestion, CriteriaAnswer> = {
  name: 'criteria',
  question: criteriaQuestion,
  answer: criteriaAnswer,
  ask(question, context) {
    const selection = select(question, context, null);
    if (!selection.ok) return selection;
    const { range, condition, filters } = selection.value;
    const { agreement, dialect } = context;
    const day = (text: string): Fragment => dialect.cast(sql`${text}`, 'date');
    const states = leadStates(
      agreement,
      factsRelation(
        context,
        filters.map((filter) => filter.dimension),
      ),
      sql`created_day between ${day(range.from)} and ${day(range.to)} and ${condition}`,
    );
    const sums = [...figuresAsked(context)].map(
      ([name, where]) =>
        sql`${dialect.cast(dialect.sumIf(identifier('leads'), where), 'integer')} as ${identifier(name)}`,
    );
    return success(sums.length === 0 ? {} : { figures: sql`select ${join(sums)} from ${states}` });
  },
  make(rows, question, context) {
    const selection = select(question, context, null);
    if (!selection.ok) return selection;
    const read = reader(rows['figures']?.[0]);
    return success({
      ...heading(selection.value, context),
      sale: saleStage(context.agreement).id,
      stages: stagesWithCriteria(context).map((stage) => answerStage(stage, read, context)),
    });
  },
};

function stagesWithCriteria({ agreement }: MeasureContext): readonly ReachedStage[] {
  return reachedStages(agreement).filter((stage) => stage.criteria.length > 0);
}

/** Every figure by its name, as a condition over the states of the leads. */
function figuresAsked(context: MeasureContext): ReadonlyMap<string, Fragment> {
  const { agreement, judgements } = context;
  const where = new CriterionConditions(agreement, judgements, 'states');
  const sale = saleStage(agreement);
  const figures = new Map<string, Fragment>();
  for (const stage of stagesWithCriteria(context)) {
    const add = (what: string, part: string, condition: Fragment): void =>
      void figures.set(figureName(what, stage, part), condition);
    add('asked', '', where.asked(stage));
    add('asked sold', '', all([where.asked(stage), where.sold()]));
    add('reached', '', all([where.asked(stage), where.reached(stage)]));
    add('reached sale', '', all([where.asked(stage), where.reached(stage), where.reached(sale)]));
    add('unknown', '', where.missing(stage, null));
    add('undecided', '', where.alone(stage, null));
    for (const criterion of stage.criteria) {
      for (const result of RESULTS) {
        const leads = where.result(stage, criterion, result);
        add(result, criterion.id, leads);
        add(`${result} sold`, criterion.id, all([leads, where.sold()]));
        if (mayBeUncounted(agreement))
          add(`${result} uncounted`, criterion.id, all([leads, where.uncounted()]));
      }
    }
    for (const datum of dataOfStage(agreement, stage)) {
      const alone = where.alone(stage, datum);
      add('missing', datum.key, where.missing(stage, datum));
      add('alone', datum.key, alone);
      add('alone sale', datum.key, all([alone, where.reached(sale)]));
      add('comparable', datum.key, where.comparable(stage, datum));
    }
  }
  return figures;
}

type Read = (what: string, stage: ReachedStage, part?: string) => number;

function reader(row: Row | undefined): Read {
  return (what, stage, part) => {
    const value = row?.[figureName(what, stage, part)];
    // A sum over no rows is NULL.
    return typeof value === 'number' ? value : 0;
  };
}

function answerStage(stage: ReachedStage, read: Read, context: MeasureContext): CriteriaStage {
  return {
    id: stage.id,
    owner: stage.owner,
    of: stageAsked(context.agreement, stage)?.id ?? null,
    asked: read('asked', stage),
    reached: read('reached', stage),
    sales: read('asked sold', stage),
    criteria: stage.criteria.map((criterion) => answerCriterion(stage, criterion, read, context)),
    unknown: read('unknown', stage),
    undecided: read('undecided', stage),
    missing: missingData(stage, read, context),
  };
}

function answerCriterion(
  stage: ReachedStage,
  criterion: Criterion,
  read: Read,
  { agreement }: MeasureContext,
): CriterionAnswer {
  const side = (result: (typeof RESULTS)[number]): SideAnswer => {
    const leads = read(result, stage, criterion.id);
    const sales = read(`${result} sold`, stage, criterion.id);
    return {
      leads,
      sales,
      uncounted: read(`${result} uncounted`, stage, criterion.id),
      rate: share(null, sales, leads, 'cohort'),
    };
  };
  const [pass, fail, unknown] = [side('pass'), side('fail'), side('unknown')];
  const stages = reachedStages(agreement);
  const isSale = stage === saleStage(agreement);
  const figures = {
    pass,
    fail,
    unknown,
    passing: share(null, pass.leads, read('asked', stage), 'cohort'),
    sales_failing: share(null, fail.sales, pass.sales + fail.sales, 'cohort'),
    difference: isSale ? null : differenceOf(pass.rate, fail.rate),
    required: implies(stages, stages.indexOf(stage), stages.length - 1),
  };
  return { id: criterion.id, ...figures, ...verdictOf(figures, isSale) };
}

function differenceOf(left: Share, right: Share): CriterionAnswer['difference'] {
  const [one, other] = [left, right].map(({ rate, low, high }) =>
    rate === null || low === null || high === null ? null : { value: rate, low, high },
  );
  return one == null || other == null ? null : difference(one, other);
}

/** What is missing at a stage, most leads first, with what it costs. */
function missingData(stage: ReachedStage, read: Read, { agreement }: MeasureContext): MissingDatum[] {
  const reached = read('reached', stage);
  const sales = read('reached sale', stage);
  const isSale = stage === saleStage(agreement);
  return dataOfStage(agreement, stage)
    .map(({ key, kind, fields }): MissingDatum => {
      const alone = read('alone', stage, key);
      const comparable = read('comparable', stage, key);
      return {
        key,
        kind,
        fields: [...fields],
        leads: read('missing', stage, key),
        alone,
        sales: read('alone sale', stage, key),
        comparable,
        at_stage: expected(alone, reached, comparable),
        expected_sales: isSale ? null : expected(alone, sales, comparable),
      };
    })
    .filter((datum) => datum.leads > 0)
    .toSorted((left, right) => right.leads - left.leads || (left.key < right.key ? -1 : 1));
}

/** What so many leads would do if they did as those that they are compared with. */
function expected(leads: number, did: number, comparable: number): EstimateOfLeads | null {
  const interval = predictionInterval({ numerator: did, denominator: comparable }, leads);
  return interval === null ? null : { value: (leads * did) / comparable, ...interval };
}
