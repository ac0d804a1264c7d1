import { groupText } from '../../../src/core/measures/group-text.ts';
import type { FunnelAnswer } from '../../../src/core/measures/answer.ts';
import type { ChangesAnswer } from '../../../src/core/measures/changes-answer.ts';
import type { Opportunity } from '../../../src/core/measures/opportunities-answer.ts';
import type { Language, Translate } from '../../../src/core/diagnostic/wording.ts';
import type { Search } from '../search.ts';
import { longDay } from './dates.ts';
import type { View } from './use-view.ts';

/** A step of the tour: what it says, where it is shown, and what on that screen it speaks of. */
export interface TourStep {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly to: '/' | '/breakdowns' | '/leads';
  readonly search: Partial<Search>;
  /** A selector. */
  readonly place: string;
}

/** What the first visit is shown of a workspace of one's own: the parts of the page, in their order. */
const PARTS = [
  { id: 'film', place: '.funnel' },
  { id: 'handover', place: '.stage.handover' },
  { id: 'changes', place: '.changes' },
  { id: 'opportunities', place: '.opportunities' },
  { id: 'receipts', place: '.detail' },
] as const;

export function pageSteps({ agreement }: View, t: Translate): readonly TourStep[] {
  const names = { first: agreement.areas[0]?.label ?? '', second: agreement.areas[1]?.label ?? '' };
  return PARTS.map(({ id, place }) => ({
    id,
    title: t(`tour.${id}.title`, names),
    text: t(`tour.${id}`, names),
    to: '/',
    search: {},
    place,
  }));
}

/** What a workspace answered to the questions that its story is told with. */
export interface Told {
  readonly funnel: FunnelAnswer;
  readonly changes: ChangesAnswer;
  /** The greatest. */
  readonly opportunity: Opportunity;
}

/** From impressions to sales, where sales are lost, whose step that is, what is at stake, the leads behind it. */
export function storySteps(
  { funnel, changes, opportunity }: Told,
  view: View,
  t: Translate,
  language: Language,
): readonly TourStep[] {
  const { format } = view;
  const dimension =
    view.agreement.dimensions.find(({ id }) => id === opportunity.dimension)?.label ?? opportunity.dimension;
  const reached = funnel.stages.filter(({ kind }) => kind === 'reached');
  const ends = [funnel.stages[0], reached[0], funnel.stages.at(-1)];
  const sales = opportunity.sales;
  const about = {
    group: groupText('value', opportunity.value, opportunity.part, t),
    dimension: dimension.toLocaleLowerCase(),
    of: view.stage(opportunity.from),
    stage: view.stage(opportunity.to),
    area: view.area(opportunity.owner),
    leads: format.count(opportunity.rate.denominator),
    rate: format.percent(opportunity.rate.rate),
    kind: opportunity.reference.kind,
    reference: format.percent(opportunity.reference.rate),
    sales: sales === null ? '' : format.count(sales.value),
    low: sales === null ? '' : format.count(sales.low),
    high: sales === null ? '' : format.count(sales.high),
    money: opportunity.value_at_stake === null ? 'none' : format.money(opportunity.value_at_stake.value),
    total: format.count(opportunity.opens.total),
    from: longDay(funnel.range.from, language),
    to: longDay(funnel.range.to, language),
    counts: ends
      .filter((stage) => stage !== undefined)
      .map(({ id, count }) => `${view.stage(id)} ${format.count(count)}`)
      .join(' → '),
    change: format.signedTenths(changes.count.change).replace(/[.,]0$/, ''),
    sale: view.stage(changes.count.stage),
    parts: changes.count.by_owner
      .map(({ owner, part }) => `${view.area(owner)} ${format.signedTenths(part)}`)
      .join(', '),
  };
  const step = (id: string, rest: Pick<TourStep, 'to' | 'search' | 'place'>): TourStep => ({
    id,
    title: t(`tour.story.${id}.title`, about),
    text: t(`tour.story.${id}`, about),
    ...rest,
  });
  const stages = `${opportunity.from},${opportunity.to}`;
  const { from, to, filter, stage, unreached } = opportunity.opens;
  return [
    step('film', { to: '/', search: {}, place: '.funnel' }),
    step('lost', {
      to: '/breakdowns',
      search: { dimension: opportunity.dimension, stages },
      place: 'main .panel',
    }),
    step('owner', { to: '/', search: {}, place: '.changes' }),
    step('opportunity', { to: '/', search: {}, place: '.opportunities' }),
    step('leads', { to: '/leads', search: { from, to, filter, stage, unreached }, place: '.leads' }),
  ];
}
