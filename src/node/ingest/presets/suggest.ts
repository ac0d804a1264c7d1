import type { Agreement } from '../../../core/agreement/agreement.ts';
import { isKeyName } from '../../../core/identity/rungs.ts';
import { CANONICAL, fieldsOf } from '../mapping-document.ts';
import type { RecordKind } from '../mapping.ts';
import { canonicalNameOf, meaningOf } from './library.ts';

/** What the columns of an unknown file may be: proposed to who maps it, never taken without asking. */
export interface Suggestion {
  /** What its rows most likely are. */
  readonly kind: RecordKind;
  /** For each kind of record: canonical name or field → the file's column. */
  readonly columns: Readonly<Record<RecordKind, Readonly<Record<string, string>>>>;
}

/** What a row is often known by besides the lead's id. */
const OFTEN: ReadonlySet<string> = new Set(['crm_id', 'email', 'phone']);

export function suggestMapping(headers: readonly string[], agreement: Agreement): Suggestion {
  const columns = {
    leads: columnsOf('leads', headers, agreement),
    activities: columnsOf('activities', headers, agreement),
    ads: columnsOf('ads', headers, agreement),
  };
  const has = (kind: RecordKind, ...names: readonly string[]): boolean =>
    names.some((name) => Object.hasOwn(columns[kind], name));
  const isAds = has('ads', 'date') && has('ads', 'impressions', 'clicks', 'spend');
  // A row with a creation of its own is a lead, whatever else befell it.
  const created = columns.leads['created_at'];
  const befell =
    has('activities', 'lead_id') &&
    has('activities', 'at') &&
    (created === undefined || has('activities', 'type', 'amount', 'outcome'));
  const isActivities = befell && (created === undefined || created === columns.activities['at']);
  return { kind: isAds ? 'ads' : isActivities ? 'activities' : 'leads', columns };
}

/** The names that a record of a kind may have: Tregua's own, then the agreement's fields. */
export function namesOf(kind: RecordKind, { fields }: Agreement): readonly string[] {
  const own = CANONICAL[kind].filter((name) => name !== 'crm' && (!isKeyName(name) || OFTEN.has(name)));
  return [
    ...new Set([
      ...own,
      ...fieldsOf(
        kind,
        fields.map(({ name }) => name),
      ),
    ]),
  ];
}

function columnsOf(
  kind: RecordKind,
  headers: readonly string[],
  agreement: Agreement,
): Readonly<Record<string, string>> {
  const names = namesOf(kind, agreement);
  const found: Record<string, string> = {};
  const used = new Set<string>();
  const take = (name: string | undefined, header: string): void => {
    if (name === undefined || !names.includes(name) || Object.hasOwn(found, name) || used.has(header)) return;
    found[name] = header;
    used.add(header);
  };
  for (const header of headers) take(header, header);
  for (const header of headers) {
    const meant = meaningOf(header);
    const field = agreement.fields.find(({ name, label }) =>
      [name, ...Object.values(label)].some((each) => meaningOf(each) === meant),
    );
    take(field?.name, header);
  }
  for (const header of headers)
    for (const name of canonicalNameOf(header)) if (!used.has(header)) take(name, header);
  return found;
}
