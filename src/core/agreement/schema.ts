import { z } from 'zod';

const id = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/)
  .describe('Lower-case letters, digits and underscores, beginning with a letter; at most 40');
const label = z
  .strictObject({ es: z.string().exactOptional(), en: z.string().exactOptional() })
  .describe('How people read it, in Spanish and English');
const rule = z.string().describe('A rule in CEL over lead.<field>, lead.created_at and activities');
const span = z
  .string()
  .regex(/^[1-9]\d{0,4}(?:m|h|d)$/)
  .describe('A length of time: 90m, 1h, 30d');
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const hours = z.string().regex(/^\d{2}:\d{2}-\d{2}:\d{2}$/);

const area = z.strictObject({ label: label.exactOptional() });

const field = z.strictObject({
  type: z.enum(['string', 'integer', 'number', 'boolean', 'date', 'timestamp']),
  label: label.exactOptional(),
  pii: z
    .enum(['phone', 'email', 'name', 'address', 'document', 'other'])
    .exactOptional()
    .describe('Personal data: kept apart; rules may only ask whether it is there'),
  missing: z.array(z.string()).exactOptional().describe('Values that mean "missing", besides blank'),
});

const criterion = z.strictObject({ id, label: label.exactOptional(), rule });

const money = z.strictObject({
  sum: z.literal('amount'),
  where: z.string().describe('A rule over activity.<member>'),
});

const stage = z.strictObject({
  id,
  label: label.exactOptional(),
  owner: z.string().describe('An area: who answers for this stage'),
  from: z.enum(['ads.impressions', 'ads.clicks']).exactOptional().describe('A measured stage'),
  criteria: z.array(criterion).exactOptional().describe('All must hold; none: every lead, on its creation'),
  requires: z.literal('none').exactOptional().describe('Counts even where the stage before was not reached'),
  within: span.exactOptional().describe('At most this long after the stage before'),
  value: money.exactOptional().describe('The money that the stage carries'),
});

const lost = z.strictObject({
  id,
  label: label.exactOptional(),
  rule,
  reason: z
    .string()
    .regex(/^(?:activity|lead)\.[a-z][a-z0-9_]*$/)
    .exactOptional()
    .describe('activity.<member> of the first activity that made the rule true, or lead.<field>'),
});

const goal = z.union([z.number(), z.string().regex(/^\d+(?:\.\d+)?\s?%$/)]);
const target = z.strictObject({
  id,
  label: label.exactOptional(),
  owner: z.string(),
  metric: z
    .string()
    .regex(/^(?:[a-z][a-z0-9_]*|(?:[a-z][a-z0-9_]*) ?\/ ?(?:[a-z][a-z0-9_]*))$/)
    .describe('A stage, stage / stage, spend / stage, value, or value / spend'),
  at_least: goal.exactOptional(),
  at_most: goal.exactOptional(),
  per: z.enum(['week', 'month', 'quarter']),
  where: z.string().exactOptional().describe('Only for leads that fulfil this rule over lead.<field>'),
});

const handoff = z.strictObject({
  id,
  label: label.exactOptional(),
  owner: z.string(),
  from: z.string().describe('A stage'),
  to: rule,
  within: span,
  hours: z.record(z.string(), hours).exactOptional().describe('mon-fri: "09:00-19:00"'),
  holidays: z.array(day).exactOptional(),
});

const dimension = z.strictObject({
  id,
  label: label.exactOptional(),
  field: z.string().exactOptional(),
  bands: z.array(z.number()).min(1).max(50).exactOptional(),
  value: z.enum(['latest', 'first']).exactOptional(),
  of: z.literal('lead.created_at').exactOptional(),
  part: z.enum(['day', 'week', 'month', 'weekday', 'hour', 'weekday_hour']).exactOptional(),
  activity: z
    .enum(['type', 'outcome', 'seller', 'reason', 'currency'])
    .exactOptional()
    .describe('The member of the activity that fulfilled the stage'),
});

/** The shape of `tregua.yaml`; what its names refer to is checked after it. */
export const agreementFile = z.strictObject({
  tregua: z.literal(1).describe('The version of this format'),
  name: z.string().min(1),
  timezone: z.string().describe('An IANA time zone, such as America/Mexico_City'),
  currency: z.string().regex(/^[A-Z]{3}$/),
  week_starts: z.enum(['monday', 'sunday']).default('monday'),
  areas: z.record(id, area),
  fields: z.record(id, field).default({}),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .exactOptional()
    .describe('Of phone numbers without a country code, such as MX; by default that of the currency'),
  identity: z
    .array(z.string())
    .exactOptional()
    .describe(
      'lead_id, and the fields that tell who a record is of; by default all that hold e-mails and phones',
    ),
  funnel: z.array(stage).min(1).max(30),
  lost: z.array(lost).default([]),
  targets: z.array(target).default([]),
  handoffs: z.array(handoff).default([]),
  dimensions: z.array(dimension).default([]),
  rates: z
    .record(z.string().regex(/^[A-Z]{3}$/), z.record(day, z.number().positive()))
    .default({})
    .describe('Units of the agreement’s currency for one of another, from a day on'),
});

export type AgreementFile = z.output<typeof agreementFile>;
export type StageFile = AgreementFile['funnel'][number];
export type DimensionFile = AgreementFile['dimensions'][number];
export type TargetFile = AgreementFile['targets'][number];
export type HandoffFile = AgreementFile['handoffs'][number];

/** The JSON Schema of `tregua.yaml`, for editors. */
export function agreementJsonSchema(): unknown {
  return z.toJSONSchema(agreementFile, { io: 'input' });
}

/** What each text has to be, to say it where one is not. */
const INVALID: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\.)within$/, 'agreement.no_span'],
  [/(?:^|\.)id$|^(?:areas|fields)\.[^.]*$/, 'agreement.no_id'],
  [/^currency$|^rates\.[^.]*$/, 'agreement.no_currency'],
  [/^country$/, 'agreement.no_country'],
  [/^rates\.[^.]*\..*$|\.holidays\.\d+$/, 'agreement.no_day'],
  [/\.metric$/, 'agreement.no_metric'],
  [/\.reason$/, 'agreement.no_reason'],
  [/\.hours\.[^.]*$/, 'agreement.bad_hours'],
  [/\.at_(?:least|most)$/, 'agreement.no_goal'],
];

export function invalidCode(path: readonly (string | number)[]): string | null {
  const name = path.join('.');
  return INVALID.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

const KEYS: readonly (readonly [RegExp, z.ZodObject])[] = [
  [/^$/, agreementFile],
  [/^fields\.[^.]+$/, field],
  [/^areas\.[^.]+$/, area],
  [/(?:^|\.)label$/, label],
  [/^funnel\.\d+\.value$/, money],
  [/^funnel\.\d+$/, stage],
  [/^funnel\.\d+\.criteria\.\d+$/, criterion],
  [/^lost\.\d+$/, lost],
  [/^targets\.\d+$/, target],
  [/^handoffs\.\d+$/, handoff],
  [/^dimensions\.\d+$/, dimension],
];

/** The keys that may stand at a path, to find the one that was meant. */
export function keysAt(path: readonly (string | number)[]): readonly string[] {
  const name = path.join('.');
  const found = KEYS.find(([pattern]) => pattern.test(name));
  return found ? Object.keys(found[1].shape) : [];
}
