import { createHash } from 'node:crypto';
import type { Agreement } from '../../../core/agreement/agreement.ts';
import { KEY_NAMES, keyFields, kindOfName } from '../../../core/identity/rungs.ts';
import type { KeyKind } from '../../../core/identity/rungs.ts';

/** Whose a record of JSON is, as far as it says so itself; as `record-keys.ts` has it for the rows of a file. */
export interface ToldIdentity {
  readonly id: string;
  /** Where the id is not the lead's own. */
  readonly guest: 'crm' | 'key' | null;
  readonly keys: readonly { readonly kind: KeyKind; readonly text: string }[];
  /** When it happened, as its raw table has it. */
  readonly at: string | null;
}

type Values = ReadonlyMap<string, string | null>;

/** Meta's lead exports write `l:` before the digits that its API and the CRM have alone. */
function bareLeadId(id: string): string {
  return /^l:\d{6,20}$/.test(id) ? id.slice(2) : id;
}

/**
 * Reads whose a record is.
 *
 * @param values of the record by name; a key that the agreement has as a personal field is that field's
 * @returns null where it does not say
 */
export function identityOf(
  kind: 'leads' | 'activities',
  values: Values,
  agreement: Agreement,
): ToldIdentity | null {
  const value = (name: string): string | null => values.get(name) ?? null;
  const isField = (name: string): boolean =>
    kind === 'leads' && agreement.fields.some((field) => field.name === name && field.pii !== null);
  const system = (value('crm') ?? 'crm').toLowerCase();
  const keys = KEY_NAMES.filter((name) => !isField(name)).flatMap((name): ToldIdentity['keys'] => {
    const text = value(name);
    if (text === null) return [];
    const key = kindOfName(name);
    if (key === 'crm_id') return [{ kind: key, text: `${system}:${text}` }];
    return [{ kind: key, text: name === 'fbclid' ? text.replace(/^fb\.\d\.\d{10,13}\./, '') : text }];
  });
  const at = kind === 'activities' ? value('at') : (value('effective_at') ?? value('created_at'));
  const own = value('lead_id');
  if (own !== null) return { id: bareLeadId(own), guest: null, keys, at };
  const other = value('crm_id');
  if (other !== null) return { id: `${system}:${other}`, guest: 'crm', keys, at };
  // A lead that is created needs an id: sent again, it would be another.
  if (kind === 'leads' && values.has('created_at')) return null;
  const id = madeId(kind, values, agreement, at);
  return id === null ? null : { id, guest: 'key', keys, at };
}

/** The same keys at the same instant are the same record, however it comes. */
function madeId(
  kind: 'leads' | 'activities',
  values: Values,
  agreement: Agreement,
  at: string | null,
): string | null {
  const fields = kind === 'leads' ? keyFields(agreement).map(({ field }) => field.name) : [];
  const names = [...new Set<string>([...KEY_NAMES, ...fields])]
    .filter((name) => name !== 'crm_id' && values.has(name))
    .toSorted((one, other) => (one < other ? -1 : 1));
  const texts = names.map((name) => (values.get(name) ?? '').trim().toLowerCase());
  if (texts.every((text) => text === '')) return null;
  const whole = [...texts, ...(at === null ? [] : [at])].join('\u001f');
  return `key:${createHash('md5').update(whole).digest('hex')}`;
}
