import type { NumberFormat } from '../diagnostic/numbers.ts';
import type { Language, Translate } from '../diagnostic/wording.ts';
import type { CriteriaStage, CriterionAnswer, EstimateOfLeads, MissingDatum } from './criteria-answer.ts';
import { LEAST_LEADS } from './criterion-verdict.ts';

/** What sentences about criteria are made with: the reader's language, numbers and names. */
export interface CriterionReader {
  readonly language: Language;
  readonly translate: Translate;
  readonly format: NumberFormat;
  readonly stage: (id: string) => string;
  readonly area: (id: string) => string;
  readonly field: (name: string) => string;
}

/** What is said of a criterion, in whole sentences, the verdict's reason first. */
export function criterionFindings(
  criterion: CriterionAnswer,
  sale: string,
  reader: CriterionReader,
): readonly string[] {
  const { translate, format } = reader;
  const { pass, fail, unknown, passing, sales_failing: failing, difference, verdict } = criterion;
  const said = (what: string, values: Readonly<Record<string, string | number>> = {}): string =>
    translate(`criterion.found.${what}`, { sale: reader.stage(sale), ...values });
  const rates = {
    pass: format.percent(pass.rate.rate),
    fail: format.percent(fail.rate.rate),
    low: unsigned(format.points(difference?.low ?? null)),
    high: unsigned(format.points(difference?.high ?? null)),
    points: format.points(difference?.value ?? null),
  };
  const costly = said('sales_failing', {
    rate: format.percent(failing.rate),
    interval: format.interval(failing.low, failing.high),
  });
  const uncounted = pass.uncounted + fail.uncounted;
  const beyond = uncounted === 0 ? [] : [said('uncounted', { count: format.count(uncounted), n: uncounted })];
  switch (verdict) {
    case 'sale':
      return [said('sale')];
    case 'lax':
      return [
        ...(criterion.reasons.includes('nearly_all_pass')
          ? [said('nearly_all_pass', { rate: format.percent(passing.rate) })]
          : []),
        ...(criterion.reasons.includes('no_lift') ? [said('no_lift', rates)] : []),
        ...(criterion.reasons.includes('sales_failing') ? [costly] : []),
        ...(criterion.reasons.includes('no_lift') ? beyond : []),
      ];
    case 'strict':
      return [costly, said('lift', rates), ...beyond];
    case 'distinguishes':
      return [said('lift', rates), ...beyond];
    case 'by_rule':
      return [said('by_rule')];
    case 'not_enough':
      return pass.leads < LEAST_LEADS || fail.leads < LEAST_LEADS
        ? [
            said('few', {
              pass: format.count(pass.leads),
              fail: format.count(fail.leads),
              n: pass.leads,
              m: fail.leads,
              least: LEAST_LEADS,
            }),
            // Where nobody can fail, a missing value does what failing does elsewhere.
            ...(unknown.leads < LEAST_LEADS
              ? []
              : [
                  said('unknown', {
                    unknown: format.count(unknown.leads),
                    rate: format.percent(unknown.rate.rate),
                    pass: rates.pass,
                    m: pass.leads,
                  }),
                ]),
          ]
        : [said('no_sales')];
  }
}

/** What is missing, by name. */
export function datumName(datum: MissingDatum, reader: CriterionReader): string {
  switch (datum.kind) {
    case 'field':
    case 'personal':
      return new Intl.ListFormat(reader.language, { type: 'disjunction' }).format(
        datum.fields.map((name) => reader.field(name)),
      );
    case 'activity':
    case 'rule':
      return reader.translate(`criterion.datum.${datum.kind}`);
  }
}

/** What it costs that a datum is missing; nothing where it keeps nobody out, or nothing tells. */
export function missingFinding(
  datum: MissingDatum,
  stage: CriteriaStage,
  sale: string,
  reader: CriterionReader,
): string | null {
  const { translate, format } = reader;
  if (datum.alone === 0 || datum.at_stage === null) return null;
  const counted = (estimate: EstimateOfLeads): string => {
    const [value, low, high] = [estimate.value, estimate.low, estimate.high].map((each) =>
      format.count(each),
    );
    return low === high ? (value ?? '') : translate('criterion.estimate', { value, low, high });
  };
  const values = {
    stage: reader.stage(stage.id),
    at_stage: counted(datum.at_stage),
    sale: reader.stage(sale),
    sales: datum.expected_sales === null ? '' : counted(datum.expected_sales),
    now: format.count(datum.sales),
    n: datum.sales,
    area: reader.area(stage.owner),
  };
  if (datum.expected_sales === null) return translate('criterion.missing.cost_sale', values);
  // They may have been sold without it: then it costs leads, and no sales.
  const costsSales = datum.expected_sales.value > datum.sales;
  return translate(costsSales ? 'criterion.missing.cost' : 'criterion.missing.cost_no_sales', values);
}

/** Of how many leads a datum is missing, and of how many it is the only thing that keeps them out. */
export function missingCounts(
  datum: MissingDatum,
  { translate, format }: CriterionReader,
): readonly [string, string] {
  return [
    translate('criterion.missing.leads', { leads: format.count(datum.leads), n: datum.leads }),
    translate('criterion.missing.alone', { alone: format.count(datum.alone), n: datum.alone }),
  ];
}

/** The difference of the sale rates with its interval, in points; nothing where there is none. */
export function differenceText(
  { difference }: CriterionAnswer,
  { translate, format }: Pick<CriterionReader, 'translate' | 'format'>,
): string {
  if (difference === null) return '–';
  return translate('criterion.points', {
    points: format.points(difference.value),
    low: unsigned(format.points(difference.low)),
    high: unsigned(format.points(difference.high)),
  });
}

function unsigned(points: string): string {
  return points.replace('+', '');
}
