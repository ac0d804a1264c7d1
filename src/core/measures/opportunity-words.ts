import type { NumberFormat } from '../diagnostic/numbers.ts';
import type { Translate } from '../diagnostic/wording.ts';
import type { EstimateAnswer, OpportunitiesAnswer, Opportunity } from './opportunities-answer.ts';

/** How the reader calls things, and writes numbers. */
export interface OpportunityNames {
  readonly translate: Translate;
  readonly format: NumberFormat;
  stage(id: string): string;
  area(id: string): string;
  dimension(id: string): string;
  /** A group of a dimension, calendar parts in words. */
  group(value: string, part: Opportunity['part']): string;
}

/** A figure with its interval: `34.2 (12.0–56.1)`, or in money. */
export function estimateText(
  estimate: EstimateAnswer | null,
  isMoney: boolean,
  { format }: OpportunityNames,
): string {
  if (estimate === null) return format.count(null);
  const text = (value: number): string => (isMoney ? format.money(value) : format.tenths(value));
  return `${text(estimate.value)} (${text(estimate.low)}–${text(estimate.high)})`;
}

/** Where, how much and whose move it is, in a sentence. */
export function opportunitySentence(item: Opportunity, names: OpportunityNames): string {
  const { translate, format } = names;
  return translate(item.value_at_stake === null ? 'opportunities.item' : 'opportunities.item_money', {
    dimension: names.dimension(item.dimension),
    group: names.group(item.value, item.part),
    leads: format.count(item.rate.denominator),
    of: names.stage(item.from),
    stage: names.stage(item.to),
    rate: format.percent(item.rate.rate),
    kind: item.reference.kind,
    reference:
      item.reference.kind === 'target'
        ? format.agreed(item.reference.rate, 'percent')
        : format.percent(item.reference.rate),
    sales: item.sales === null ? '' : salesText(item.sales.value, format),
    money: item.value_at_stake === null ? '' : format.money(item.value_at_stake.value),
    area: names.area(item.owner),
  });
}

/** Sales in the whole, few of them with a decimal. */
function salesText(sales: number, format: NumberFormat): string {
  return sales < 10 ? format.tenths(sales) : format.count(Math.round(sales));
}

/** What was looked at, and what it came to. */
export function opportunityFindings(answer: OpportunitiesAnswer, names: OpportunityNames): string {
  if (answer.tested === 0) return names.translate('opportunities.nothing');
  return names.translate(answer.opportunities.length > 0 ? 'opportunities.found' : 'opportunities.none', {
    tested: names.format.count(answer.tested),
    below: answer.below,
  });
}
