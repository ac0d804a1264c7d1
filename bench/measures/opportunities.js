import { KNOWN } from '../baseline.js';
import { RANGE } from '../questions.js';

const STAGES = ['lead', 'profiled', 'contacted', 'qualified', 'meeting', 'sale'];
/** By column; those that a stage's own criteria read are left out there. */
const DIMENSIONS = [
  'zone',
  'age_band',
  'service',
  'seller',
  'campaign',
  'source',
  'created_weekday',
  'created_hour',
  'created_weekday * 100 + created_hour',
];
const SMALL = 30;
const number = (value) => Number(value ?? 0);

/** One step over the leads old enough to have passed it, by every dimension at once. */
function stepSql(from, to, dimensions, where, known) {
  const keys = dimensions.map((_, nth) => `k${nth}`);
  return `with lag as (select day_${to} - created_day as days, count(*) as n
      from lead_fact where day_${to} is not null group by 1),
    ripe as (select min(days) as days from (select days, sum(n) over (order by days) as running, sum(n) over () as total
      from lag) where running >= 0.95 * total)
    select grouping_id(${keys.join(', ')}) as set, ${keys.map((key) => `${key}::VARCHAR as ${key}`).join(', ')},
      any_value(ripe) as ripe, count(at_from)::INTEGER as leads, count(at_to) filter (where at_from is not null)::INTEGER as passed,
      count(at_sale)::INTEGER as sales, coalesce(sum(value), 0)::DOUBLE as amount
    from (select ${dimensions.map((name, nth) => `${name} as k${nth}`).join(', ')}, at_${from} as at_from, at_${to} as at_to,
        at_sale, value, ripe.days as ripe
      from lead_fact, ripe
      where created_day between DATE '${RANGE.from}' and DATE '${RANGE.to}' and ${where}
        and DATE '${known}' - created_day >= ripe.days)
    group by grouping sets ((), ${keys.map((key) => `(${key})`).join(', ')})`;
}

/** Pearson's test of two shares, and the p-values by Benjamini and Hochberg: what an analyst would look at. */
function adjusted(cells, whole) {
  const pValues = cells
    .map(({ leads, passed }) => {
      const rest = { leads: whole.leads - leads, passed: whole.passed - passed };
      const share = whole.passed / whole.leads;
      const error = Math.sqrt(share * (1 - share) * (1 / leads + 1 / Math.max(1, rest.leads)));
      const z = Math.abs(passed / leads - rest.passed / Math.max(1, rest.leads)) / (error || 1);
      return Math.exp(-0.717 * z - 0.416 * z * z);
    })
    .toSorted((a, b) => a - b);
  return pValues.map((p, nth) => (p * pValues.length) / (nth + 1));
}

function opportunitiesOf(name, filter, where) {
  return {
    name,
    measure: 'opportunities',
    question: (run) => ({ from: RANGE.from, to: RANGE.to, filter, top: 20 + run }),
    answer: ({ steps }) => steps.map(({ ripe_days: ripe, leads, groups }) => [ripe, leads, groups]),
    baseline: async ({ rows }) => {
      const [{ known }] = await rows(KNOWN);
      const steps = [];
      for (const [position, to] of STAGES.entries()) {
        if (position === 0) continue;
        const dimensions = DIMENSIONS.filter((each) => to !== 'profiled' || each !== 'age_band');
        const found = await rows(stepSql(STAGES[position - 1], to, dimensions, where, known));
        const everything = 2 ** dimensions.length - 1;
        const whole = found.find((row) => Number(row.set) === everything);
        const cells = found.filter(
          (row) =>
            row !== whole && row.leads >= SMALL && dimensions.some((_, nth) => (row[`k${nth}`] ?? '') !== ''),
        );
        adjusted(cells, whole);
        steps.push([number(whole.ripe), whole.leads, cells.length]);
      }
      return steps;
    },
  };
}

export const opportunities = opportunitiesOf('opportunities', [], 'true');
export const opportunitiesFiltered = opportunitiesOf(
  'opportunities, filtered',
  ['service=implants'],
  "service = 'implants'",
);
