import type { Agreement } from '../../core/agreement/agreement.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { DOUBTS } from '../../core/identity/report.ts';
import type {
  IdentityDecision,
  IdentityPair,
  IdentityReport,
  IdentityVerdict,
  PairedId,
} from '../../core/identity/report.ts';
import { fieldColumn } from '../../core/facts/tables.ts';
import { phoneCountry } from '../../core/identity/country.ts';
import { keyFields, RUNGS } from '../../core/identity/rungs.ts';
import { identifier, join, sql, tail } from '../../core/sql/sql.ts';
import type { Row } from '../../core/measures/measure.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

const MOST_PAIRS = 200;

function text(row: Row | undefined, name: string): string | null {
  const value = row?.[name];
  return typeof value === 'string' ? value : null;
}

function count(row: Row | undefined, name: string): number {
  return Number(row?.[name] ?? 0);
}

/** How the ids of other systems were joined, and what is to be decided. */
export async function identityReport(warehouse: Warehouse, agreement: Agreement): Promise<IdentityReport> {
  const [sums] =
    await warehouse.query(sql`with guest as (select distinct lead_id from lead_key where kind = 'guest' and withdrawn_at is null)
    select (select count(*) from guest) as ids,
      (select count(*) from guest where lead_id in (select lead_id from lead_facts)) as alone,
      (select count(*) from guest where lead_id not in (select lead_id from lead_facts)
        and lead_id not in (select source_id from lead_alias where lead_id in (select lead_id from lead_facts))) as waiting,
      (select count(*) from identity_pair) as doubtful`);
  const rungs = await warehouse.query(sql`select rung, count(*) as n from lead_alias
    where lead_id in (select lead_id from lead_facts) group by rung`);
  const decided = await warehouse.query(sql`select verdict, count(*) as n from (
      select verdict, row_number() over (partition by least(source_id, lead_id), greatest(source_id, lead_id)
        order by recorded_at desc, entry desc) as nth from identity_decision) where nth = 1 group by verdict`);
  const verdict = (name: IdentityVerdict): number =>
    count(
      decided.find((row) => row['verdict'] === name),
      'n',
    );
  const joined = RUNGS.flatMap((rung) => {
    const row = rungs.find((each) => each['rung'] === rung);
    return row === undefined ? [] : [[rung, count(row, 'n')]];
  });
  return {
    ids: count(sums, 'ids'),
    joined: Object.fromEntries(joined),
    alone: count(sums, 'alone'),
    waiting: count(sums, 'waiting'),
    doubtful: count(sums, 'doubtful'),
    pairs: await readPairs(warehouse, agreement),
    confirmed: verdict('confirm'),
    rejected: verdict('reject'),
    country: phoneCountry(agreement.country, agreement.currency),
  };
}

async function readPairs(warehouse: Warehouse, agreement: Agreement): Promise<readonly IdentityPair[]> {
  const pairs = await warehouse.query(sql`select * from identity_pair
    order by rung = 'name', rung, source_id, lead_id limit ${MOST_PAIRS}`);
  if (pairs.length === 0) return [];
  const known = await knownIds(
    warehouse,
    agreement,
    pairs.flatMap((row) => [text(row, 'source_id') ?? '', text(row, 'lead_id') ?? '']),
  );
  const one = (id: string): PairedId => known.get(id) ?? { id, at: null, source: null, contact: {} };
  return pairs.flatMap((row): readonly IdentityPair[] => {
    const rung = RUNGS.find((each) => each === row['rung']);
    const doubt = DOUBTS.find((each) => each === row['doubt']);
    if (rung === undefined || doubt === undefined) return [];
    return [
      { source: one(text(row, 'source_id') ?? ''), lead: one(text(row, 'lead_id') ?? ''), rung, doubt },
    ];
  });
}

async function knownIds(
  warehouse: Warehouse,
  agreement: Agreement,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PairedId>> {
  const { dialect } = warehouse;
  const wanted = join([...new Set(ids)].map((id) => sql`(${id})`));
  const fields = keyFields(agreement).map(({ field }) => field.name);
  const contacts = fields.map((name) => {
    const column = identifier(fieldColumn(name));
    const latest = dialect.byGreatestIf(
      column,
      [sql`recorded_at`, sql`entry`, sql`part`],
      sql`${column} is not null`,
    );
    return sql`${latest} as ${column}`;
  });
  const at = identifier('at');
  const rows = await warehouse.query(sql`with wanted as (select * from (values ${wanted}) as w(lead_id)),
    known as (
      select lead_id, coalesce(created_at, effective_at) as ${at}, entry from lead_version where lead_id in (select lead_id from wanted)
      union all select lead_id, ${at}, entry from activity where lead_id in (select lead_id from wanted)),
    contact as (select lead_id${tail(contacts)} from lead_contact where lead_id in (select lead_id from wanted) group by lead_id)
    select w.lead_id, min(k.${at}) as ${at}, min(b.source) as source${tail(
      fields.map(
        (name) => sql`any_value(c.${identifier(fieldColumn(name))}) as ${identifier(fieldColumn(name))}`,
      ),
    )}
    from wanted w left join known k on k.lead_id = w.lead_id left join batch b on b.entry = k.entry
    left join contact c on c.lead_id = w.lead_id group by w.lead_id`);
  return new Map(
    rows.map((row) => {
      const id = text(row, 'lead_id') ?? '';
      const contact = fields.flatMap((name) => {
        const value = text(row, fieldColumn(name));
        return value === null ? [] : [[name, value]];
      });
      return [
        id,
        { id, at: text(row, 'at'), source: text(row, 'source'), contact: Object.fromEntries(contact) },
      ];
    }),
  );
}

/** What is wrong with a decision: an id that nobody has, or one with itself. */
export async function decisionFaults(
  warehouse: Warehouse,
  { source_id, lead_id }: IdentityDecision,
): Promise<readonly Diagnostic[]> {
  if (source_id === lead_id) return [fault('identity.itself', { id: source_id })];
  const faults: Diagnostic[] = [];
  for (const id of [source_id, lead_id]) {
    const [row] = await warehouse.query(sql`select exists (select 1 from lead_version where lead_id = ${id})
      or exists (select 1 from activity where lead_id = ${id}) as known`);
    if (row?.['known'] !== true) faults.push(fault('identity.unknown', { id }));
  }
  return faults;
}

/** A decision as a record of the ledger; the instant lets the same be decided again after another. */
export function decisionRecord(decision: IdentityDecision, decidedAt: string): string {
  const { source_id, lead_id, verdict } = decision;
  return `${JSON.stringify({ source_id, lead_id, verdict, decided_at: decidedAt })}\n`;
}
