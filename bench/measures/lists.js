import { endOf, RANGE } from '../questions.js';

const STAGES = ['lead', 'profiled', 'contacted', 'qualified', 'meeting', 'sale'];
const WITHIN = `created_day between DATE '${RANGE.from}' and DATE '${RANGE.to}'`;

const number = (value) => Number(value ?? 0);

function trendOf(name, filter, where) {
  return {
    name,
    measure: 'trend',
    question: (run) => ({ from: RANGE.from, to: endOf(run), every: 'month', filter }),
    answer: ({ points }) =>
      points.map(({ from, counts, value }) => [from, ...STAGES.map((stage) => counts[stage]), value]),
    baseline: async ({ rows }) => {
      const counts = STAGES.map((stage) => `count(at_${stage}) as ${stage}`);
      const lags = STAGES.slice(1).map(
        (stage) => `select '${stage}' as stage, day_${stage} - created_day as days, count(*) as n
          from lead_fact where day_${stage} is not null group by 2`,
      );
      const months = await rows(`select date_trunc('month', created_day)::DATE::VARCHAR as month,
          ${counts.join(', ')}, coalesce(sum(value), 0)::DOUBLE as amount
        from lead_fact where ${WITHIN} and ${where} group by 1 order by 1`);
      // How long each stage takes tells which months are too young to judge.
      await rows(`select stage, min(days) as ripe from (select stage, days,
          sum(n) over (partition by stage order by days) as so_far, sum(n) over (partition by stage) as all_of_it
        from (${lags.join(' union all ')})) where so_far >= 0.95 * all_of_it group by stage`);
      return months.map((row) => [row.month, ...STAGES.map((stage) => number(row[stage])), row.amount]);
    },
  };
}

function breakdownOf(name, filter, where) {
  return {
    name,
    measure: 'breakdown',
    question: (run) => ({
      ...{ dimension: 'campaign', stages: 'lead,sale', from: RANGE.from, to: endOf(run), top: 1000 },
      filter,
    }),
    answer: ({ groups }) =>
      groups.map(({ value, counts }) => [value, counts.lead, counts.sale]).toSorted(byName),
    baseline: async ({ rows }) => {
      const groups = await rows(`select campaign, count(*) as leads, count(at_sale) as sales
        from lead_fact where ${WITHIN} and ${where} group by campaign`);
      return groups.map((row) => [row.campaign ?? '', number(row.leads), number(row.sales)]).toSorted(byName);
    },
  };
}

function byName([left], [right]) {
  return left < right ? -1 : 1;
}

const FIELDS = ['age', 'zone', 'service', 'seller', 'source', 'campaign', 'budget'];

/** The first window of a list, as the page of leads asks for it. */
const leads = {
  name: 'leads, first 100',
  measure: 'leads',
  question: (run) => ({ from: RANGE.from, to: endOf(run), stage: 'qualified', limit: 100 }),
  answer: ({ total, leads: list }) => [total, list.map(({ id }) => id)],
  baseline: async ({ rows }) => {
    const where = `${WITHIN} and at_qualified is not null`;
    const [{ total }] = await rows(`select count(*) as total from lead_fact where ${where}`);
    const list = await rows(`select lead_id, created_at, status, at_stage, lost_reason, value,
        ${STAGES.map((stage) => `at_${stage}`).join(', ')}, ${FIELDS.join(', ')}
      from lead_fact where ${where} order by created_at desc, lead_id limit 100`);
    return [number(total), list.map((row) => row.lead_id)];
  },
};

/** One lead: its facts, its records, and each criterion after each of them. */
const lead = {
  name: 'lead, explained',
  measure: 'lead',
  question: (run) => ({ id: `L${String(run * 17).padStart(9, '0')}` }),
  answer: ({ id, status, at_stage: stage, timeline, stages }) => [
    ...[id, status, stage],
    timeline.filter(({ kind }) => kind === 'activity').length,
    stages.flatMap(({ criteria }) => criteria.map(({ value }) => value)),
  ],
  baseline: async ({ rows }) => {
    const id = 'L000000000';
    const [facts] = await rows(`select * from lead_fact where lead_id = '${id}'`);
    const [own] = await rows(`select * from lead where lead_id = '${id}'`);
    const activities = await rows(`select * from activity where lead_id = '${id}' order by "at"`);
    const done = (type, outcome) => {
      const values = activities.map((each) =>
        each.type !== type
          ? false
          : outcome === null
            ? true
            : each.outcome === null
              ? null
              : each.outcome === outcome,
      );
      return values.includes(true) ? true : values.includes(null) ? null : false;
    };
    const criteria = [
      own.age === null ? null : own.age >= 25n && own.age <= 60n,
      own.phone === null ? null : true,
      done('call', 'answered'),
      done('message', 'interested'),
      own.budget === null ? null : own.budget >= 8000,
      done('meeting', 'held'),
      done('sale', null),
    ];
    return [
      ...[id, facts.status, facts.at_stage],
      activities.length,
      criteria.map((value) => (value === null ? 'unknown' : String(value))),
    ];
  },
};

export const lists = [
  trendOf('trend', [], 'true'),
  trendOf('trend, filtered', ['service=implants'], "service = 'implants'"),
  breakdownOf('breakdown', [], 'true'),
  breakdownOf('breakdown, filtered', ['service=implants'], "service = 'implants'"),
  leads,
  lead,
];
