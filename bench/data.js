/** The days on which the made-up leads are created: two years, so that one can be compared with the other. */
const FIRST_INSTANT = "TIMESTAMP '2024-01-01 06:00:00'";
const SECONDS = 731 * 86_400;

/** A number from 0 to below 1 that depends on the lead and on what it is for, and on nothing else. */
function chance(purpose) {
  return `((hash(hash(i, '${purpose}')) >> 11)::DOUBLE / 9007199254740992)`;
}

function below(count, purpose) {
  return `floor(${chance(purpose)} * ${count})::BIGINT`;
}

function iso(instant) {
  return `strftime(${instant}, '%Y-%m-%dT%H:%M:%SZ')`;
}

const CREATED = `${FIRST_INSTANT} + to_seconds(${below(SECONDS, 'created')})`;

/** Of so many leads, a row each. About 2 % of the ages and budgets, and 8 % of the phones, are missing. */
export function leadsSql(count) {
  return `select 'L' || lpad(i::VARCHAR, 9, '0') as lead_id, ${iso(CREATED)} as created_at,
    case when ${chance('no age')} >= 0.02 then 16 + ${below(60, 'age')} end as age,
    'zone ' || ${below(12, 'zone')} as zone,
    ['implants', 'orthodontics', 'whitening', 'check-up', 'crowns'][1 + ${below(5, 'service')}] as service,
    'seller ' || ${below(40, 'seller')} as seller,
    ['paid search', 'social', 'organic', 'referral', 'partner', 'event'][1 + ${below(6, 'source')}] as source,
    'campaign ' || ${below(60, 'campaign')} as campaign,
    case when ${chance('no budget')} >= 0.02 then 500 + ${below(30_000, 'budget')} end as budget,
    case when ${chance('no phone')} >= 0.08 then '+5255' || (10000000 + ${below(89_999_999, 'phone')}) end as phone
    from range(${count}) r(i)`;
}

/** A kind of activity: of what share of the leads, and up to how many days after they were created. */
const KINDS = [
  { type: 'call', share: 0.6, days: 3, outcomes: ['answered', 'answered', 'no_answer'] },
  { type: 'message', share: 0.2, days: 9, outcomes: ['interested', 'interested', 'not_now'] },
  { type: 'meeting', share: 0.14, days: 60, outcomes: ['held', 'held', 'missed'] },
  { type: 'sale', share: 0.07, days: 90, outcomes: [] },
  { type: 'disqualified', share: 0.09, days: 40, outcomes: [] },
];

/** The activities of so many leads: 1.1 a lead, none of them for many. */
export function activitiesSql(count) {
  const each = KINDS.map(({ type, share, days, outcomes }, nth) => {
    const outcome =
      outcomes.length === 0
        ? 'null'
        : `[${outcomes.map((name) => `'${name}'`).join(', ')}][1 + ${below(outcomes.length, `${type} outcome`)}]`;
    const at = `${CREATED} + to_seconds(60 + ${below(days * 86_400, `${type} at`)})`;
    return `select 'A${nth}' || lpad(i::VARCHAR, 9, '0') as activity_id,
      'L' || lpad(i::VARCHAR, 9, '0') as lead_id, '${type}' as type, ${iso(at)} as at,
      ${outcome} as outcome, 'seller ' || ${below(40, `${type} seller`)} as seller,
      ${type === 'sale' ? `(1000 + ${below(40_000, 'amount')})` : 'null'} as amount,
      ${type === 'disqualified' ? `['price', 'distance', 'no need'][1 + ${below(3, 'reason')}]` : 'null'} as reason
      from range(${count}) r(i) where ${chance(type)} < ${share}`;
  });
  return each.join(' union all ');
}
