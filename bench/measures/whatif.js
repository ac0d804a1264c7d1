import { readFileSync } from 'node:fs';

const AGREEMENT = readFileSync(new URL('../agreement.yaml', import.meta.url), 'utf8');
const STAGES = ['lead', 'profiled', 'contacted', 'qualified', 'meeting', 'sale'];

function changed(from, to) {
  const text = AGREEMENT.replace(from, to);
  if (text === AGREEMENT) throw new Error(`the agreement has no ${from}`);
  return text;
}

/** Leads under a draft, by hand: from the first instants that the table of leads has, or `extra` finds. */
function draftSql({ age, paid, answered, join }) {
  return `with drafted as (
      select f.lead_id, f.service, f.created_day, f.at_lead, f.at_profiled, f.at_contacted, f.at_qualified, f.at_meeting, f.at_sale, f.status,
        f.created_at, f.first_interested as interested, f.first_held as held, f.first_sold as sold, f.last_disqualified, f.budget,
        case when ${age} and f.has_phone then f.created_at end as d_profiled, ${answered} as answered
      from lead_fact f ${join}),
    contacted as (select *, case when d_profiled is not null and answered is not null
      then greatest(d_profiled, answered) end as d_contacted from drafted),
    qualified as (select *, case when d_contacted is not null and interested is not null and ${paid}
      then greatest(d_contacted, interested) end as d_qualified from contacted),
    met as (select *, case when d_qualified is not null and held is not null
      then greatest(d_qualified, held) end as met from qualified),
    drafts as (select *, case when met <= d_qualified + interval 30 day then met end as d_meeting from met),
    standing as (select *, case when sold is not null then 'won'
      when last_disqualified >= greatest(created_at, d_profiled, d_contacted, d_qualified, d_meeting) then 'lost'
      else 'open' end as d_status from drafts)`;
}

function baselineOf(draft) {
  return async ({ rows }) => {
    const draftOf = (stage) => (stage === 'lead' ? 'at_lead' : stage === 'sale' ? 'sold' : `d_${stage}`);
    const counts = STAGES.flatMap((stage) => [
      `count(at_${stage})::INTEGER as today_${stage}`,
      `count(${draftOf(stage)})::INTEGER as draft_${stage}`,
      `count(*) filter (where at_${stage} is null and ${draftOf(stage)} is not null)::INTEGER as gained_${stage}`,
      `count(*) filter (where at_${stage} is not null and ${draftOf(stage)} is null)::INTEGER as lost_${stage}`,
    ]);
    const differs = STAGES.map((stage) => `(at_${stage} is null) <> (${draftOf(stage)} is null)`);
    const [row] = await rows(`${draftSql(draft)}
      select ${counts.join(', ')},
        count(*) filter (where d_status <> status or ${differs.join(' or ')})::INTEGER as changed
      from standing`);
    const listed = await rows(`${draftSql(draft)}
      select lead_id from standing where d_status <> status or ${differs.join(' or ')}
      order by created_at desc, lead_id limit 10`);
    const sides = [
      ['at_profiled', 'at_sale'],
      ['d_profiled', 'sold'],
    ];
    const isIn = await lastMonth(rows);
    const within = (at) => `count(*) filter (where ${isIn(at)})::INTEGER`;
    const [month] = await rows(
      `${draftSql(draft)} select ${within('at_lead')} as leads, ${sides
        .map(
          (
            [profiled, sold],
            side,
          ) => `${within(profiled)} as profiled_${side}, ${within(sold)} as sales_${side},
          count(*) filter (where ${isIn(sold)} and service = 'implants')::INTEGER as implants_${side}`,
        )
        .join(', ')} from standing`,
    );
    const [money] = await rows(
      `${draftSql(draft)} select ${sides
        .map(
          ([, sold], side) => `sum(a.amount) filter (where ${sold} is not null)::DOUBLE as revenue_${side}`,
        )
        .join(
          ', ',
        )} from activity a join standing s using (lead_id) where a.type = 'sale' and ${isIn('a."at"')}`,
    );
    const share = (side) => (month.leads === 0 ? null : month[`profiled_${side}`] / month.leads);
    const both = (name, from) => [name, from[`${name}_0`], from[`${name}_1`]];
    return {
      changed: row.changed,
      stages: STAGES.map((stage) => [
        stage,
        ...['today', 'draft', 'gained', 'lost'].map((name) => row[`${name}_${stage}`]),
      ]),
      targets: [
        ['leads', month.leads, month.leads],
        ['profiled_share', share(0), share(1)],
        both('sales', month),
        both('implants', month),
        both('revenue', money),
      ],
      listed: listed.map((each) => each.lead_id),
    };
  };
}

/** The last whole month of the data, of whose days the targets are judged: SQL that tells the instants in it. */
async function lastMonth(rows) {
  const last = `greatest(${STAGES.map((stage) => `max(day_${stage})`).join(', ')}) + 1`;
  const [{ start, end }] =
    await rows(`select (date_trunc('month', ${last}) - interval 1 month)::DATE::VARCHAR as start,
    date_trunc('month', ${last})::DATE::VARCHAR as end from lead_fact`);
  // Midnight in Mexico City, which has kept its clock since 2022.
  return (at) => `${at} >= TIMESTAMP '${start} 06:00:00' and ${at} < TIMESTAMP '${end} 06:00:00'`;
}

/** The same leads by another question: days after the data. */
const question = (run) => ({ from: '2024-01-01', to: `2026-03-${10 + run}` });
const answer = ({ changed: leads, stages, targets, listed }) => ({
  changed: leads,
  stages: stages.map((stage) => [stage.id, stage.today, stage.draft, stage.gained, stage.lost]),
  targets: targets.map((target) => [target.id, target.today, target.draft]),
  listed: listed.map(({ id }) => id),
});

/** A draft that changes two criteria on what is known of the lead. */
export const whatif = {
  name: 'what-if, a field',
  measure: 'whatif',
  draft: changed('lead.age >= 25', 'lead.age >= 30').replace('lead.budget >= 8000', 'lead.budget >= 12000'),
  question,
  answer,
  baseline: baselineOf({
    age: 'f.age between 30 and 60',
    paid: 'budget >= 12000',
    answered: 'f.first_answered',
    join: '',
  }),
};

/** A draft with a rule on activities that nobody asked before. */
export const whatifActivity = {
  name: 'what-if, an activity',
  measure: 'whatif',
  draft: changed('a.outcome == "answered"', 'a.outcome in ["answered", "no_answer"]'),
  question,
  answer,
  baseline: baselineOf({
    age: 'f.age between 25 and 60',
    paid: 'budget >= 8000',
    answered: 'd.answered',
    join: `left join (select lead_id, min("at") as answered from activity
      where type = 'call' and outcome in ('answered', 'no_answer') group by lead_id) d on d.lead_id = f.lead_id`,
  }),
};
