/**
 * What a competent analyst writes by hand for the benchmark's agreement, in DuckDB: straight from a table of
 * leads and one of activities, each identity once. It knows nothing of corrections, of versions of a lead or
 * of what was recorded when; the benchmark's data have none of these.
 */

export const LEAD_TYPES = {
  lead_id: 'VARCHAR',
  created_at: 'TIMESTAMP',
  age: 'BIGINT',
  zone: 'VARCHAR',
  service: 'VARCHAR',
  seller: 'VARCHAR',
  source: 'VARCHAR',
  campaign: 'VARCHAR',
  budget: 'DOUBLE',
  phone: 'VARCHAR',
};

export const ACTIVITY_TYPES = {
  activity_id: 'VARCHAR',
  lead_id: 'VARCHAR',
  type: 'VARCHAR',
  at: 'TIMESTAMP',
  outcome: 'VARCHAR',
  seller: 'VARCHAR',
  amount: 'DECIMAL(18,4)',
  reason: 'VARCHAR',
};

export function loadSql(table, path, types) {
  const columns = Object.entries(types).map(([name, type]) => `'${name}': '${type}'`);
  return `create or replace table ${table} as select * from read_csv('${path}', header = true,
    auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = '', columns = {${columns.join(', ')}})`;
}

const ZONE = 'America/Mexico_City';
const STAGES = ['lead', 'profiled', 'contacted', 'qualified', 'meeting', 'sale'];
const DIMENSIONS = ['zone', 'age_band', 'service', 'seller', 'campaign', 'source'];
const NAMES = { age_band: 'age' };

/** The wall clock of an instant in UTC. */
function local(instant) {
  return `timezone('${ZONE}', make_timestamptz(epoch_us(${instant})))`;
}

function day(instant) {
  return `${local(instant)}::DATE`;
}

/** The first instant of the later stages that were done, for a stage that was not reached. */
function skip(stage, later) {
  return `case when at_${stage} is null then ${later.length > 1 ? `least(${later.join(', ')})` : later[0]} end as skip_${stage}`;
}

/** Whether each criterion holds in the end; NULL where a datum is missing that decides it. */
const CRITERIA = {
  c_profiled__age_in_range: 'age between 25 and 60',
  c_profiled__reachable: 'case when phone is not null then true end',
  c_contacted__answered: ever('answered'),
  c_qualified__interested: ever('interested'),
  c_qualified__can_pay: 'budget >= 8000',
  c_meeting__held: ever('held'),
  c_sale__won: 'sold is not null',
};

function ever(done) {
  return `case when ${done} is not null then true when un${done} > 0 then null else false end`;
}

const FACTS = `create or replace table lead_fact as
with done as (
  select lead_id,
    min("at") filter (where type = 'call' and outcome = 'answered') as answered,
    min("at") filter (where type = 'message' and outcome = 'interested') as interested,
    min("at") filter (where type = 'meeting' and outcome = 'held') as held,
    count(*) filter (where (type = 'call' and outcome = 'answered') is null) as unanswered,
    count(*) filter (where (type = 'message' and outcome = 'interested') is null) as uninterested,
    count(*) filter (where (type = 'meeting' and outcome = 'held') is null) as unheld,
    min("at") filter (where type = 'call') as called,
    min("at") filter (where type = 'sale') as sold,
    min("at") filter (where type = 'disqualified') as disqualified,
    arg_min(reason, "at") filter (where type = 'disqualified') as reason,
    max("at") filter (where type = 'disqualified') as last_disqualified,
    sum(amount) filter (where type = 'sale') as amount
  from activity group by lead_id),
joined as (
  select l.*, d.* exclude (lead_id),
    case when age between 25 and 60 and phone is not null then created_at end as at_profiled,
    case when budget >= 8000 then interested end as can_pay,
    ${local('created_at')} as created_local
  from lead l left join done d on d.lead_id = l.lead_id),
contacted as (select *, case when at_profiled is not null then answered end as at_contacted from joined),
qualified as (select *, case when at_contacted is not null and can_pay is not null
  then greatest(at_contacted, can_pay) end as at_qualified from contacted),
met as (select *, case when at_qualified is not null and held is not null
  then greatest(at_qualified, held) end as met from qualified),
windowed as (select *,
  case when met <= at_qualified + interval 30 day then met end as at_meeting,
  case when met > at_qualified + interval 30 day then met end as late_meeting from met),
reached as (select *, created_at as at_lead, sold as at_sale from windowed),
last as (select *, greatest(created_at, at_profiled, at_contacted, at_qualified, at_meeting, at_sale) as last_at from reached)
select lead_id, created_at, created_local::DATE as created_day, hour(created_local)::SMALLINT as created_hour,
  isodow(created_local)::SMALLINT as created_weekday,
  age, zone, service, seller, source, campaign, budget,
  case when age < 18 then '<18' when age < 25 then '18–24' when age < 35 then '25–34' when age < 45 then '35–44'
    when age < 55 then '45–54' when age < 65 then '55–64' when age is not null then '65+' end as age_band,
  at_lead, at_profiled, at_contacted, at_qualified, at_meeting, at_sale, late_meeting,
  ${skip('profiled', ['answered', 'can_pay', 'held', 'sold'])},
  ${skip('contacted', ['can_pay', 'held', 'sold'])},
  ${skip('qualified', ['held', 'sold'])},
  ${skip('meeting', ['sold'])},
  case when at_profiled is not null and called is not null then greatest(at_profiled, called) end as hand_first_call,
  hour(${local('at_profiled')})::SMALLINT as hour_profiled,
  created_local::DATE as day_lead, ${day('at_profiled')} as day_profiled, ${day('at_contacted')} as day_contacted,
  ${day('at_qualified')} as day_qualified, ${day('at_meeting')} as day_meeting, ${day('at_sale')} as day_sale,
  case when at_sale is null and disqualified >= last_at then disqualified end as lost_at,
  case when at_sale is null and disqualified >= last_at then reason end as lost_reason,
  case when at_sale is not null then 'won' when disqualified >= last_at then 'lost' else 'open' end as status,
  case when at_sale is not null then 'sale' when at_meeting is not null then 'meeting'
    when at_qualified is not null then 'qualified' when at_contacted is not null then 'contacted'
    when at_profiled is not null then 'profiled' else 'lead' end as at_stage,
  case when at_sale is not null then coalesce(amount, 0)::DECIMAL(18,4) end as value,
  phone is not null as has_phone, amount as all_amount, answered as first_answered, interested as first_interested,
  held as first_held, sold as first_sold, disqualified as first_disqualified, last_disqualified,
  unanswered, uninterested, unheld,
  ${Object.entries(CRITERIA)
    .map(([name, value]) => `${value} as ${name}`)
    .join(', ')}
from last`;

const VALUES = `create or replace table sale_value as
select a.lead_id, ${day('a."at"')} as day, a.amount
from activity a join lead_fact f on f.lead_id = a.lead_id
where a.type = 'sale' and a.amount is not null`;

/** Who made the activity that fulfilled each stage; of a lead that is not there, the latest seller. */
function creditSql() {
  const fulfils = {
    contacted: "a.type = 'call' and a.outcome = 'answered'",
    qualified: "a.type = 'message' and a.outcome = 'interested'",
    meeting: "a.type = 'meeting' and a.outcome = 'held'",
    sale: "a.type = 'sale'",
  };
  const columns = Object.entries(fulfils).map(
    ([stage, holds]) => `case when max(at_${stage}) is null then latest
      else arg_max(a.seller, a."at") filter (where ${holds} and a."at" <= f.at_${stage}) end as by_${stage}`,
  );
  return `create or replace table lead_credit as
    select a.lead_id, arg_max(a.seller, (a."at", a.activity_id)) as latest, ${columns.join(', ')},
      arg_max(a.seller, (a."at", a.activity_id)) filter (where a.type = 'call' and a."at" <= f.hand_first_call) as by_call
    from activity a join lead_fact f on f.lead_id = a.lead_id group by a.lead_id`;
}

function standing(status, stage) {
  return `count(*) filter (where status = '${status}' and at_stage = '${stage}')`;
}

const SKIPPED = STAGES.slice(1, -1);

function cohortFigures() {
  return [
    ...STAGES.flatMap((stage) => [
      `count(at_${stage}) as n_${stage}`,
      `${standing('open', stage)} as open_${stage}`,
      `${standing('lost', stage)} as lost_${stage}`,
    ]),
    'count(late_meeting) as late_meeting',
    ...SKIPPED.map((stage) => `count(skip_${stage}) as skip_${stage}`),
    ...STAGES.slice(1, -1).map(
      (stage) => `count(*) filter (where at_${stage} is not null and at_sale is not null) as both_${stage}`,
    ),
    'coalesce(sum(value), 0) as amount',
  ];
}

const FIGURES = cohortFigures().map((figure) => figure.slice(figure.lastIndexOf(' ') + 1));

/** Counts by day and every dimension at once, of one way to count. */
function dailySql(mode, figures, relation, dayColumn, where) {
  const given = new Map(figures.map((figure) => [figure.slice(figure.lastIndexOf(' ') + 1), figure]));
  const keys = [...DIMENSIONS, 'weekday_hour'];
  const names = keys.map((key) => `when grouping(${key}) = 0 then '${NAMES[key] ?? key}'`);
  const values = keys.map((key) => `when grouping(${key}) = 0 then ${key}::VARCHAR`);
  return `select '${mode}' as mode, case ${names.join(' ')} else '' end as dimension, tally_day as day,
    case ${values.join(' ')} end as value, ${FIGURES.map((name) => given.get(name) ?? `0 as ${name}`).join(', ')}
    from (select *, ${dayColumn} as tally_day, created_weekday * 100 + created_hour as weekday_hour from ${relation} where ${where})
    group by grouping sets ((tally_day), ${keys.map((key) => `(tally_day, ${key})`).join(', ')})`;
}

function dailyTableSql() {
  const reached = STAGES.map((stage) =>
    dailySql(
      'period',
      [
        `count(*) as n_${stage}`,
        `${standing('open', stage)} as open_${stage}`,
        `${standing('lost', stage)} as lost_${stage}`,
      ],
      'lead_fact',
      `day_${stage}`,
      `day_${stage} is not null`,
    ),
  );
  const skipped = SKIPPED.map((stage) =>
    dailySql(
      'period',
      [`count(*) as skip_${stage}`],
      'lead_fact',
      day(`skip_${stage}`),
      `skip_${stage} is not null`,
    ),
  );
  const parts = [
    dailySql('cohort', cohortFigures(), 'lead_fact', 'created_day', 'true'),
    ...reached,
    ...skipped,
    dailySql(
      'period',
      ['count(*) as late_meeting'],
      'lead_fact',
      day('late_meeting'),
      'late_meeting is not null',
    ),
    dailySql(
      'period',
      ['coalesce(sum(sold), 0) as amount'],
      '(select f.*, v.day as value_day, v.amount as sold from sale_value v join lead_fact f on f.lead_id = v.lead_id)',
      'value_day',
      'true',
    ),
  ];
  return `create or replace table daily as ${parts.join(' union all ')}`;
}

/** The statements that make the analyst's fact table and what is counted of it by day. */
export function derivationSql() {
  return [FACTS, VALUES, creditSql(), dailyTableSql()];
}

/** What both derivations must agree on: every figure, by the way of counting and the dimension. */
export function dailySumsSql() {
  const sums = FIGURES.map((name) => `sum(${name})::DOUBLE as ${name}`);
  return `select mode, dimension, ${sums.join(', ')} from daily group by mode, dimension order by mode, dimension`;
}

/** Of each criterion, the leads of which it is true, and of which it is false. */
export function criteriaSumsSql(table) {
  const sums = Object.keys(CRITERIA).flatMap((name) => [
    `count(*) filter (where ${name})::DOUBLE as ${name}`,
    `count(*) filter (where not ${name})::DOUBLE as not_${name}`,
  ]);
  return `select ${sums.join(', ')} from ${table}`;
}

/** The same of the program's rollup. */
export function rollupSumsSql() {
  const sums = FIGURES.map((name) => {
    const column = name.startsWith('both_') ? `${name}__sale` : name;
    return `sum(${column})::DOUBLE as ${name}`;
  });
  return `select mode, replace(dimension, '@', '') as dimension, ${sums.join(', ')}
    from rollup where dimension <> '@growth' group by 1, 2 order by 1, 2`;
}

/** The last day on which anything happened. */
export const KNOWN = `select max(greatest(created_day, day_profiled, day_contacted, day_qualified, day_meeting, day_sale))::VARCHAR as known
  from lead_fact`;

/** As long after the end of one period as the last day is after that of the other. */
export function sameAge(until, to, known) {
  return `DATE '${until}' + (DATE '${known}' - DATE '${to}')::INTEGER`;
}

/** The first page over the fact table: totals of both periods, their days, and five breakdowns. */
export function pageSql({ from, to, before, until, known, where }) {
  const counts = STAGES.map((stage) => `count(at_${stage}) as n_${stage}`);
  const range = (first, last) => `created_day between DATE '${first}' and DATE '${last}' and ${where}`;
  const total = (first, last) =>
    `select ${cohortFigures().join(', ')} from lead_fact where ${range(first, last)}`;
  const days = (first, last) =>
    `select created_day as day, ${counts.join(', ')}, coalesce(sum(value), 0) as amount
     from lead_fact where ${range(first, last)} group by created_day`;
  // The year before as it stood when it was as old as this one is now.
  const then = `(${sameAge(until, to, known)})`;
  const countsThen = STAGES.map((stage) => `count(*) filter (where day_${stage} <= ${then}) as n_${stage}`);
  const rangeThen = `${range(before, until)} and created_day <= ${then}`;
  const groups = DIMENSIONS.slice(0, 5).map(
    (key) => `select ${key} as value, count(*) as leads, count(at_sale) as sales
      from lead_fact where ${range(from, to)} group by ${key}`,
  );
  return {
    total: total(from, to),
    before: `select ${countsThen.join(', ')} from lead_fact where ${rangeThen}`,
    days: days(from, to),
    daysBefore: `select created_day as day, ${countsThen.join(', ')}, coalesce(sum(v.amount), 0) as amount
      from lead_fact f left join (select lead_id, sum(amount) as amount from sale_value where day <= ${then} group by lead_id) v
      on v.lead_id = f.lead_id where ${rangeThen} group by created_day`,
    ...Object.fromEntries(groups.map((query, nth) => [NAMES[DIMENSIONS[nth]] ?? DIMENSIONS[nth], query])),
  };
}
