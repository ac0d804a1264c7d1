import { createHash } from 'node:crypto';
import type { Agreement, Field } from '../../../core/agreement/agreement.ts';
import { localDay } from '../../../core/calendar/days.ts';
import { plainFields } from '../../../core/facts/columns.ts';
import { AD_KEYS, isAdKey } from '../../../core/facts/tables.ts';
import type { CellType } from '../conversion.ts';
import type { RecordKind } from '../mapping.ts';
import { CANONICAL, REQUIRED } from '../mapping-document.ts';
import { CANONICAL_TYPES, IDENTITIES } from '../targets.ts';
import { isKeyName } from '../../../core/identity/rungs.ts';
import { identityOf } from './record-identity.ts';
import type { ToldIdentity } from './record-identity.ts';
import { cellText, NumberText } from './json-text.ts';
import { isBound, readValue } from './value-text.ts';
import type { ValueOptions } from './value-text.ts';

/** A record as its raw table holds it: the text of each column, without where it came from. */
export interface RecordRow {
  readonly kind: RecordKind;
  /** What tells it from another of its kind. */
  readonly identity: string;
  /** Its first part, by which the warehouse looks for it: the lead, the activity, the day. */
  readonly id: string;
  readonly leadId: string | null;
  /** Whose it is, where it tells more than its lead's own id. */
  readonly told: ToldIdentity | null;
  readonly cells: readonly (string | null)[];
}

/** Why a record cannot be taken: a code of the catalogue, the field and what stood there. */
export interface RecordRefusal {
  readonly code: string;
  readonly field: string | null;
  readonly value: string | null;
}

export type RecordReading =
  | { readonly kind: 'row'; readonly row: RecordRow }
  | { readonly kind: 'refused'; readonly refusal: RecordRefusal };

interface Target {
  readonly name: string;
  readonly type: CellType;
  readonly field: Field | null;
}

/** What the texts of an input mean. */
export interface ReadingOptions extends ValueOptions {
  readonly missing: readonly string[];
}

const ACTIVITY_CONTENT = ['type', 'at', 'outcome', 'seller', 'amount', 'currency', 'reason'] as const;
const SHOWN = 200;

/** Half of a character of two halves. */
const HALF = /\p{Surrogate}/u;
const HALVES = /\p{Surrogate}/gu;

class Refused extends Error {
  readonly refusal: RecordRefusal;

  constructor(code: string, field: string | null, value: string | null) {
    super(code);
    this.refusal = { code, field, value: value === null ? null : value.slice(0, SHOWN) };
  }
}

/**
 * Reads records of JSON by their canonical names, as the columns of their raw tables. Pure: the same record
 * under the same agreement always reads the same, when it is acknowledged and at each rebuild.
 */
export class RecordReader {
  readonly #agreement: Agreement;
  readonly #options: ReadingOptions;
  readonly #targets: Readonly<Record<RecordKind, ReadonlyMap<string, Target>>>;

  constructor(agreement: Agreement, options: ReadingOptions) {
    this.#agreement = agreement;
    this.#options = options;
    this.#targets = {
      leads: targetsOf('leads', agreement.fields),
      activities: targetsOf('activities', []),
      ads: targetsOf('ads', plainFields(agreement)),
    };
  }

  /**
   * @param occurrence how often activities of the same content came before in the same input, for those
   *   without an id of their own
   * @param beside what is kept with the record, whatever it is called
   */
  read(
    kind: RecordKind,
    record: Readonly<Record<string, unknown>>,
    occurrence: Map<string, number>,
    beside: ReadonlyMap<string, string | null> = new Map(),
  ): RecordReading {
    try {
      return { kind: 'row', row: this.#row(kind, record, occurrence, beside) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { kind: 'refused', refusal: error.refusal };
    }
  }

  #row(
    kind: RecordKind,
    record: Readonly<Record<string, unknown>>,
    occurrence: Map<string, number>,
    beside: ReadonlyMap<string, string | null>,
  ): RecordRow {
    const targets = this.#targets[kind];
    const values = new Map<string, string | null>();
    const extra: Record<string, string | null> = Object.create(null);
    let hasExtra = beside.size > 0;
    for (const [name, value] of beside) extra[name.slice(0, SHOWN)] = wellFormed(name, value);
    for (const [name, value] of Object.entries(record)) {
      const target = targets.get(name);
      if (target === undefined) {
        extra[name.slice(0, SHOWN)] = wellFormed(name, cellText(value));
        hasExtra = true;
      } else {
        values.set(name, this.#value(target, value));
      }
    }
    for (const name of REQUIRED[kind]) {
      if (name !== 'lead_id' && !values.has(name)) throw new Refused('reject.missing', name, null);
    }
    const rest = hasExtra ? JSON.stringify(extra) : null;
    switch (kind) {
      case 'leads':
        return this.#lead(this.#identity(kind, values), values, rest);
      case 'activities':
        return this.#activity(this.#identity(kind, values), values, rest, occurrence);
      case 'ads':
        return this.#ad(values, rest);
    }
  }

  #value(target: Target, value: unknown): string | null {
    const { name, field } = target;
    const text = typeof value === 'string' ? trimmed(value) : cellText(value);
    const markers = [...this.#options.missing, ...(field?.missing ?? [])];
    if (text === null || text === '' || (typeof value === 'string' && markers.includes(text))) {
      const isNeeded = IDENTITIES.has(name) || Object.values(REQUIRED).some((names) => names.includes(name));
      if (isNeeded && field === null && name !== 'lead_id') throw new Refused('reject.missing', name, null);
      return null;
    }
    const isScalar = typeof value !== 'object' || value instanceof NumberText;
    const read = isScalar
      ? readValue(target.type, wellFormed(name, text) ?? '', this.#agreement.timezone, this.#options)
      : null;
    if (isScalar && isBound(target.type, text)) throw new Refused('reject.bound', name, text);
    if (read === null) throw new Refused(REFUSALS[target.type], name, text);
    if (name === 'spend' && read.startsWith('-')) throw new Refused('reject.negative', name, text);
    return read;
  }

  #identity(kind: 'leads' | 'activities', values: ReadonlyMap<string, string | null>): ToldIdentity {
    const told = identityOf(kind, values, this.#agreement);
    if (told === null) throw new Refused('reject.missing', 'lead_id', null);
    return told;
  }

  #lead(told: ToldIdentity, values: ReadonlyMap<string, string | null>, extra: string | null): RecordRow {
    const { id } = told;
    const effective = values.get('effective_at') ?? null;
    const { fields } = this.#agreement;
    const brings = fields.map((field) => (values.has(field.name) ? '1' : '0')).join('');
    const texts = fields.map((field) => {
      const text = values.get(field.name) ?? null;
      return field.pii === null || text === null ? text : 'true';
    });
    const contact = fields
      .filter((field) => field.pii !== null)
      .map((field) => values.get(field.name) ?? null);
    return {
      kind: 'leads',
      identity: JSON.stringify([id, effective]),
      id,
      leadId: id,
      told: moreOf(told),
      cells: [
        id,
        effective,
        values.get('created_at') ?? null,
        brings,
        ...texts,
        campaignOf(values),
        extra,
        ...contact,
      ],
    };
  }

  #activity(
    told: ToldIdentity,
    values: ReadonlyMap<string, string | null>,
    extra: string | null,
    occurrence: Map<string, number>,
  ): RecordRow {
    const value = (name: string): string | null => values.get(name) ?? null;
    const leadId = told.id;
    const money = this.#money(values, 'amount', () =>
      localDayOf(value('at') ?? '', this.#agreement.timezone),
    );
    const id = value('activity_id') ?? contentId(leadId, values, occurrence);
    return {
      kind: 'activities',
      identity: id,
      id,
      leadId,
      told: moreOf(told),
      cells: [
        id,
        leadId,
        ...['type', 'at', 'outcome', 'seller'].map(value),
        money.amount,
        money.rate,
        money.currency,
        value('reason'),
        extra,
      ],
    };
  }

  #ad(values: ReadonlyMap<string, string | null>, extra: string | null): RecordRow {
    const value = (name: string): string | null => values.get(name) ?? null;
    const day = value('date') ?? '';
    const money = this.#money(values, 'spend', () => day);
    const segments = plainFields(this.#agreement)
      .filter((field) => !isAdKey(field.name))
      .map((field) => value(field.name));
    const key = [day, ...AD_KEYS.map(value), ...segments];
    return {
      kind: 'ads',
      identity: JSON.stringify(key),
      id: day,
      leadId: null,
      told: null,
      cells: [
        ...key,
        value('impressions'),
        value('clicks'),
        money.amount,
        money.rate,
        money.currency,
        value('leads'),
        campaignOf(values),
        extra,
      ],
    };
  }

  /** The amount as it was told, what one unit of it is worth (null: it is ours), and its currency. */
  #money(
    values: ReadonlyMap<string, string | null>,
    name: string,
    day: () => string,
  ): { readonly amount: string | null; readonly rate: string | null; readonly currency: string | null } {
    const amount = values.get(name) ?? null;
    const told = values.get('currency')?.toUpperCase() ?? null;
    const own = this.#agreement.currency;
    const currency = told ?? (values.has(name) ? own : null);
    if (amount === null || told === null || told === own) return { amount, rate: null, currency };
    const on = day();
    const rate = this.#agreement.rates.findLast((each) => each.currency === told && each.from <= on)?.rate;
    if (rate === undefined || Math.abs(Number(amount) * rate) >= 1e14)
      throw new Refused('reject.currency', 'currency', values.get('currency') ?? null);
    return { amount, rate: String(rate), currency };
  }
}

const REFUSALS: Readonly<Record<CellType, string>> = {
  string: 'reject.text',
  text: 'reject.text',
  presence: 'reject.text',
  integer: 'reject.integer',
  count: 'reject.count',
  number: 'reject.number',
  money: 'reject.money',
  boolean: 'reject.boolean',
  day: 'reject.date',
  date: 'reject.date',
  timestamp: 'reject.instant',
};

function targetsOf(kind: RecordKind, fields: readonly Field[]): ReadonlyMap<string, Target> {
  const own = CANONICAL[kind].map((name): [string, Target] => [
    name,
    { name, type: CANONICAL_TYPES[kind][name] ?? 'text', field: null },
  ]);
  const ofFields = fields.map((field): [string, Target] => [
    field.name,
    { name: field.name, type: field.pii === null ? field.type : 'text', field },
  ]);
  // A field may be called as a key is.
  return new Map([
    ...own.filter(([name]) => isKeyName(name)),
    ...ofFields,
    ...own.filter(([name]) => !isKeyName(name)),
  ]);
}

/** What of an identity is not in the raw table's own columns. */
function moreOf(told: ToldIdentity): ToldIdentity | null {
  return told.guest === null && told.keys.length === 0 ? null : told;
}

/** The identity that a file gives an activity without one: its content, and which of the same it is. */
function contentId(
  leadId: string,
  values: ReadonlyMap<string, string | null>,
  occurrence: Map<string, number>,
): string {
  const content = ACTIVITY_CONTENT.filter((name) => values.has(name)).map(
    (name) => values.get(name) ?? '\u001e',
  );
  const digest = createHash('md5')
    .update([leadId, ...content].join('\u001f'))
    .digest('hex');
  const nth = (occurrence.get(digest) ?? 0) + 1;
  occurrence.set(digest, nth);
  return `${digest}-${nth}`;
}

/** The campaign's id: Meta's exports write `c:` before it. */
function campaignOf(values: ReadonlyMap<string, string | null>): string | null {
  const id = values.get('campaign_id') ?? values.get('utm_id') ?? null;
  return id?.replace(/^c:(?=\d)/, '') ?? null;
}

function localDayOf(instant: string, timezone: string): string {
  return localDay(`${instant.replace(' ', 'T')}Z`, timezone);
}

function trimmed(text: string): string {
  return text.replaceAll(/^[ \t\r\n\u00a0\u200b\ufeff]+|[ \t\r\n\u00a0\u200b\ufeff]+$/g, '');
}

/** Refuses what no database takes as a text: half a character, and NUL, at which some functions stop. */
function wellFormed(name: string, text: string | null): string | null {
  if (text !== null && (HALF.test(text) || text.includes('\0')))
    throw new Refused('reject.text', name, text.replaceAll(HALVES, '\ufffd').replaceAll('\0', ''));
  return text;
}
