import { RANGE } from '../questions.js';

/** One breakdown of the year, filtered, with its comparison. */
export const breakdown = {
  name: 'breakdown by zone, filtered',
  measure: 'breakdown',
  question: (run) => ({
    dimension: 'zone',
    stages: 'lead,sale',
    from: RANGE.from,
    to: RANGE.to,
    filter: ['service=implants'],
    top: 100 + run,
  }),
  answer: ({ groups }) =>
    groups
      .filter((group) => group.kind !== 'total')
      .map((group) => [group.value, group.counts.lead, group.counts.sale])
      .toSorted((a, b) => (a[0] < b[0] ? -1 : 1)),
  baseline: async ({ rows }) => {
    const groups =
      await rows(`select zone as value, count(*)::INTEGER as leads, count(at_sale)::INTEGER as sales
      from lead_fact where created_day between DATE '${RANGE.from}' and DATE '${RANGE.to}' and service = 'implants'
      group by zone order by zone`);
    return groups.map((group) => [group.value, group.leads, group.sales]);
  },
};
