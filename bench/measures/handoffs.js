import { RANGE } from '../questions.js';

const HOUR = 3_600_000_000;
/** The offset of the clock in all the time that the data are of. */
const OFFSET = -6 * HOUR;
const DAY = 24 * HOUR;

/** Working microseconds since the first day, at an instant of `a` (its local microseconds), with its day in `d`. */
function clock(local, day) {
  return `(${day}.before + greatest(0, least(${local} % ${DAY} - ${day}.opens, ${day}.length)))`;
}

const OUTCOMES = ['kept', 'late', 'closed', 'missed', 'pending', 'overdue'];
const COUNTS = OUTCOMES.map((name) => `count(*) filter (where outcome = '${name}')::INTEGER as ${name}`).join(
  ', ',
);
const TIMES = 'quantile_cont(case when answered then waited / 1e6 end, [0.5, 0.75, 0.9]) as times';

/** The year's profiled leads: a call within an hour of work, by who called, by day, and by hour. */
export const handoffs = {
  name: 'hand-overs, filtered',
  measure: 'handoffs',
  question: (run) => ({
    from: RANGE.from,
    to: RANGE.to,
    where: `lead.zone != "nowhere${run}"`,
    top: 1000,
    oldest: 5,
  }),
  answer: ({ handoffs: [call] }) => ({
    total: [...OUTCOMES.map((name) => call[name]), ...timesOf(call.time)],
    sellers: call.groups
      .map((group) => [group.value, ...OUTCOMES.map((name) => group[name]), ...timesOf(group.time)])
      .toSorted((a, b) => (a[0] < b[0] ? -1 : 1)),
    days: [call.days.length, ...sums(call.days)],
    hours: [call.hours.length, ...sums(call.hours)],
    oldest: call.oldest.map(({ id, waited }) => [id, Math.round(waited)]),
    earlier: call.earlier.waiting,
  }),
  /** Working time by a table of days; the leads once into a table of their own, then each count of it. */
  baseline: async ({ run, rows }) => {
    await run(`create or replace temp table work_day as
      select day::DATE as day, epoch_us(day) // ${DAY} as nth, opens, length,
        coalesce(sum(length) over (order by day rows between unbounded preceding and 1 preceding), 0)::BIGINT as before
      from (select day,
          case when holiday or isodow(day) = 7 then 0 when isodow(day) = 6 then 10 else 9 end * ${HOUR} as opens,
          case when holiday or isodow(day) = 7 then 0 when isodow(day) = 6 then 4 else 10 end * ${HOUR} as length
        from (select day, day::DATE in (DATE '2025-01-01', DATE '2025-05-01', DATE '2025-09-16', DATE '2025-12-25') as holiday
          from generate_series(TIMESTAMP '2023-12-31', TIMESTAMP '2027-12-31', INTERVAL 1 DAY) s(day)))`);
    await run(`create or replace temp table handed as
      with known as (select epoch_us((max(d) + 1)::TIMESTAMP) as until from (
          select max(created_day) as d from lead_fact union all select max(day_sale) from lead_fact)),
      leads as (select f.lead_id, f.day_profiled as day, f.hour_profiled as hour, f.at_profiled as since, f.seller, c.by_call,
          f.hand_first_call as hand,
          case when f.lost_at is not null or f.at_contacted is not null or f.at_qualified is not null
              or f.at_meeting is not null or f.at_sale is not null
            then greatest(f.at_profiled, least(f.lost_at, f.at_contacted, f.at_qualified, f.at_meeting, f.at_sale)) end as ended
        from lead_fact f left join lead_credit c on c.lead_id = f.lead_id
        where f.day_profiled between DATE '${RANGE.from}' and DATE '${RANGE.to}' and f.zone <> 'nowhere'),
      ends as (select *, epoch_us(since) + ${OFFSET} as begins,
          coalesce(epoch_us(least(hand, ended)) + ${OFFSET}, known.until) as stops,
          hand is not null and (ended is null or hand <= ended) as answered
        from leads, known),
      waits as (select ends.*, greatest(0, ${clock('stops', 'b')} - ${clock('begins', 'a')}) as waited
        from ends join work_day a on a.nth = begins // ${DAY} join work_day b on b.nth = stops // ${DAY})
      select lead_id, since, day, hour, waited, answered, coalesce(case when answered then by_call end, seller) as seller,
        case when answered then case when waited <= ${HOUR} then 'kept' else 'late' end
          when ended is not null then case when waited <= ${HOUR} then 'closed' else 'missed' end
          else case when waited <= ${HOUR} then 'pending' else 'overdue' end end as outcome
      from waits`);
    const [total] = await rows(`select ${COUNTS}, ${TIMES} from handed`);
    const sellers = await rows(
      `select seller, ${COUNTS}, ${TIMES} from handed group by seller order by seller`,
    );
    const days = await rows(`select day, ${COUNTS} from handed group by day`);
    const hours = await rows(
      `select isodow(day) as weekday, hour, ${COUNTS} from handed group by isodow(day), hour`,
    );
    const oldest = await rows(`select lead_id, waited::DOUBLE as waited from handed
      where outcome in ('pending', 'overdue') order by since, lead_id limit 5`);
    const [earlier] = await rows(`select count(*)::INTEGER as n from lead_fact
      where day_profiled < DATE '${RANGE.from}' and zone <> 'nowhere' and hand_first_call is null and lost_at is null
        and at_contacted is null and at_qualified is null and at_meeting is null and at_sale is null`);
    const counted = (row) => OUTCOMES.map((name) => row[name]);
    const told = ({ times }) => times.map((seconds) => Math.round(seconds));
    return {
      total: [...counted(total), ...told(total)],
      sellers: sellers.map((row) => [row.seller, ...counted(row), ...told(row)]),
      days: [days.length, ...sums(days)],
      hours: [hours.length, ...sums(hours)],
      oldest: oldest.map((row) => [row.lead_id, Math.round(row.waited / 1e6)]),
      earlier: earlier.n,
    };
  },
};

function timesOf({ p50, p75, p90 }) {
  return [p50, p75, p90].map((seconds) => Math.round(seconds));
}

function sums(rows) {
  return OUTCOMES.map((name) => rows.reduce((sum, row) => sum + row[name], 0));
}
