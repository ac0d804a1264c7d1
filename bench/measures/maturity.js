import { RANGE } from '../questions.js';

/** How the year's leads of two zones end, by month and day since their creation. */
export const maturity = {
  name: 'maturity, filtered',
  measure: 'maturity',
  question: (run) => ({
    stages: 'lead,sale',
    from: RANGE.from,
    to: RANGE.to,
    every: run % 2 === 0 ? 'month' : 'week',
    where: `lead.zone != "nowhere${run}"`,
  }),
  answer: ({ total, curve }) => [
    total.leads,
    total.observed,
    curve.horizon_days,
    curve.quantiles.map(({ days }) => days),
  ],
  /** Ends by month and day in SQL, the curve of Aalen and Johansen over them by hand. */
  baseline: async ({ rows }) => {
    const ends = await rows(`with known as (select (max(d) + 1)::TIMESTAMP as until from (
        select max(created_day) as d from lead_fact union all select max(day_sale) from lead_fact)),
      local as (select epoch_us(timezone('UTC', timezone('America/Mexico_City', until))) as until from known),
      spans as (select created_day, at_sale, (until - epoch_us(at_lead)) // 86400000000 as followed,
          case when at_sale is not null then greatest(0, (epoch_us(at_sale) - epoch_us(at_lead) + 86399999999) // 86400000000) end as sold,
          case when at_sale is null and lost_at is not null then greatest(0, (epoch_us(lost_at) - epoch_us(at_lead) + 86399999999) // 86400000000) end as lost
        from lead_fact, local where zone <> 'nowhere')
      select date_trunc('month', created_day) as month,
        case when sold <= followed then 1 when lost <= followed then 2 else 0 end as ended,
        case when sold <= followed then sold when lost <= followed then lost else greatest(followed, 0) end::INTEGER as day,
        count(*)::INTEGER as leads, count(at_sale)::INTEGER as sales,
        bool_or(created_day between DATE '${RANGE.from}' and DATE '${RANGE.to}') as asked
      from spans group by all`);
    const asked = ends.filter((row) => row.asked);
    const days = [...new Set(asked.map((row) => row.day))].toSorted((a, b) => a - b);
    const leads = asked.reduce((sum, row) => sum + row.leads, 0);
    let [atRisk, standing, reached] = [leads, 1, 0];
    const points = days.map((day) => {
      const ended = (kind) =>
        asked.reduce((sum, row) => sum + (row.day === day && row.ended === kind ? row.leads : 0), 0);
      const [open, sales, lost] = [ended(0), ended(1), ended(2)];
      reached += (standing * sales) / atRisk;
      standing *= 1 - (sales + lost) / atRisk;
      const point = { day, atRisk, reached };
      atRisk -= open + sales + lost;
      return point;
    });
    const end = points.findIndex((point) => point.atRisk < 10);
    const told = end < 0 ? points : points.slice(0, end);
    const last = told.at(-1);
    return [
      leads,
      asked.reduce((sum, row) => sum + row.sales, 0),
      last.day,
      [0.25, 0.5, 0.75].map(
        (share) => told.find((point) => point.reached >= share * last.reached * (1 - 1e-12)).day,
      ),
    ];
  },
};
