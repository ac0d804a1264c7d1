import fc from 'fast-check';
import { criterionRule, filterRule, lostRule } from './rules.ts';

export const FIELDS = {
  age: { type: 'integer' },
  budget: { type: 'number' },
  zone: { type: 'string' },
  vip: { type: 'boolean' },
  seen: { type: 'timestamp' },
  phone: { type: 'string', pii: 'phone' },
} as const;

const DIMENSIONS = [
  { id: 'zone', field: 'zone' },
  { id: 'zone_first', field: 'zone', value: 'first' },
  { id: 'age', field: 'age' },
  { id: 'ages', field: 'age', bands: [0, 1, 18, 30] },
  { id: 'budgets', field: 'budget', bands: [0, 10.5, 20], value: 'first' },
  { id: 'vip', field: 'vip' },
  { id: 'day', of: 'lead.created_at', part: 'day' },
  { id: 'week', of: 'lead.created_at', part: 'week' },
  { id: 'month', of: 'lead.created_at', part: 'month' },
  { id: 'weekday', of: 'lead.created_at', part: 'weekday' },
  { id: 'hour', of: 'lead.created_at', part: 'hour' },
  { id: 'weekday_hour', of: 'lead.created_at', part: 'weekday_hour' },
  { id: 'caller', activity: 'seller' },
];

const within = fc.constantFrom('6h', '12h', '1d', '2d', '90m');

const stage = fc.record(
  {
    criteria: fc.array(criterionRule, { minLength: 1, maxLength: 2 }),
    within: fc.option(within, { nil: undefined, freq: 2 }),
    requires: fc.option(fc.constant('none'), { nil: undefined, freq: 4 }),
  },
  { requiredKeys: [] },
);

const lost = fc.record({
  rule: lostRule,
  reason: fc.option(fc.constantFrom('activity.reason', 'activity.seller', 'lead.zone'), { nil: undefined }),
});

const handoff = fc.record(
  {
    from: fc.nat({ max: 4 }),
    to: criterionRule,
    within,
    hours: fc.option(
      fc.constantFrom(
        { 'mon-fri': '09:00-19:00', sat: '10:00-14:00' },
        { 'mon-sun': '00:00-24:00' },
        { sun: '01:30-02:30', mon: '07:15-12:00' },
      ),
      { nil: undefined, freq: 3 },
    ),
    holidays: fc.subarray(['2026-03-28', '2026-03-30']),
  },
  { requiredKeys: ['from', 'to', 'within', 'holidays'] },
);

const target = fc.record(
  {
    stage: fc.nat({ max: 4 }),
    kind: fc.constantFrom('count', 'share', 'cost'),
    per: fc.constantFrom('week', 'month', 'quarter'),
    where: filterRule,
  },
  { requiredKeys: ['stage', 'kind', 'per'] },
);

function metricOf(stageId: string, kind: 'count' | 'share' | 'cost'): string {
  if (kind === 'count') return stageId;
  return kind === 'share' ? `${stageId} / s0` : `spend / ${stageId}`;
}

/** Random agreements as the text of a `tregua.yaml` (JSON is YAML). */
export const agreementText: fc.Arbitrary<string> = fc
  .record({
    timezone: fc.constantFrom('UTC', 'Europe/Rome', 'America/Sao_Paulo', 'Asia/Kolkata'),
    week_starts: fc.constantFrom('monday', 'sunday'),
    stages: fc.array(stage, { minLength: 2, maxLength: 5 }),
    plainFirst: fc.boolean(),
    losses: fc.array(lost, { maxLength: 2 }),
    valued: fc.nat({ max: 5 }),
    handoffs: fc.array(handoff, { maxLength: 2 }),
    targets: fc.array(target, { maxLength: 3 }),
  })
  .map(({ timezone, week_starts, stages, plainFirst, losses, valued, handoffs, targets }) =>
    JSON.stringify({
      tregua: 1,
      name: 'random',
      timezone,
      currency: 'EUR',
      week_starts,
      areas: { sales: {} },
      fields: FIELDS,
      funnel: stages.map((each, index) => ({
        id: `s${index}`,
        owner: 'sales',
        // Nothing stands before the first stage to count from.
        ...(index === 0 || each.within === undefined ? {} : { within: each.within }),
        ...(each.requires === undefined ? {} : { requires: each.requires }),
        ...(index === valued ? { value: { sum: 'amount', where: 'activity.type == "sale"' } } : {}),
        criteria:
          index === 0 && plainFirst
            ? []
            : (each.criteria ?? []).map((rule, nth) => ({ id: `c${nth}`, rule })),
      })),
      lost: losses.map(({ rule, reason }, index) => ({
        id: `l${index}`,
        rule,
        ...(reason === undefined ? {} : { reason }),
      })),
      handoffs: handoffs.map(({ from, hours, ...each }, index) => ({
        id: `h${index}`,
        owner: 'sales',
        from: `s${from % stages.length}`,
        ...each,
        ...(hours === undefined ? {} : { hours }),
      })),
      targets: targets.map(({ stage: nth, per, where, kind }, index) => ({
        id: `t${index}`,
        owner: 'sales',
        metric: metricOf(`s${nth % stages.length}`, kind),
        ...(kind === 'share' ? { at_least: '40%' } : { at_most: 4 }),
        per,
        ...(where === undefined ? {} : { where }),
      })),
      dimensions: DIMENSIONS,
    }),
  );
