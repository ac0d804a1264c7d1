import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { sql } from '../../core/sql/sql.ts';
import type { SqliteLedger } from '../ledger/sqlite.ts';
import type { OpenStore } from './open-store.ts';
import type { DoctorCheck } from './workspace.ts';

const LITTLE_DISK_MB = 512;

async function hashOf(path: string): Promise<string | null> {
  if (!existsSync(path)) return null;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

/** A page of the ledger: what it holds may be much. */
const PAGE = 1000;

/** The inputs that are kept, and those of which the bytes are not what they were. */
async function countDamaged(ledger: SqliteLedger): Promise<{ inputs: number; damaged: number }> {
  let inputs = 0;
  let damaged = 0;
  for (let last = 0; ;) {
    const entries = await ledger.entriesAfter(last, PAGE);
    if (entries.length === 0) return { inputs, damaged };
    for (const { id, kept, file } of entries) {
      const hash =
        kept === 'file'
          ? await hashOf(ledger.filePath(file.hash))
          : createHash('sha256').update(ledger.payload(id)).digest('hex');
      inputs += 1;
      if (hash !== file.hash) damaged += 1;
      last = id;
    }
  }
}

/** Examines a workspace: what is kept is whole, and what is derived is up to it. */
export async function examine(
  ledger: SqliteLedger,
  { warehouse, projector }: OpenStore,
  folder: string,
): Promise<readonly DoctorCheck[]> {
  const integrity = ledger.integrity();
  const { inputs, damaged } = await countDamaged(ledger);
  const unread = await projector.unread();
  const [meta] = await warehouse.query(sql`select
    (select value from meta where key = 'watermark') as watermark,
    (select value from meta where key = 'derived_watermark') as derived`);
  const last = await ledger.lastId();
  const [sums] = await warehouse.query(sql`select count(*) as batches,
    count(*) filter (where rows_read <> accepted + unchanged + rejected) as unbalanced,
    coalesce(sum(rejected), 0) as rejected, (select count(*) from reject) as kept from batch`);
  const leads = sql`select lead_id from lead_facts union all
    select source_id from lead_alias where lead_id in (select lead_id from lead_facts)`;
  const [waiting] = await warehouse.query(sql`select
    (select count(distinct lead_id) from activity where withdrawn_at is null and lead_id not in (${leads})) as activities,
    (select count(distinct lead_id) from lead_version where withdrawn_at is null and lead_id not in (${leads})) as versions`);
  const { bavail, bsize } = await statfs(folder);
  const free = Math.floor((bavail * bsize) / 1_048_576);
  const number = (value: unknown): number => Number(value ?? 0);
  return [
    { code: 'doctor.ledger', ok: integrity === 'ok', params: { found: integrity } },
    { code: 'doctor.files', ok: damaged === 0, params: { files: inputs, damaged } },
    {
      code: 'doctor.entries',
      ok: unread.length === 0,
      params: { unread: unread.length, files: unread.map(({ entry }) => entry.file.name).join(', ') },
    },
    {
      code: 'doctor.up_to_date',
      ok: number(meta?.['watermark']) === last && number(meta?.['derived']) === last,
      params: { entries: inputs, projected: number(meta?.['watermark']), derived: number(meta?.['derived']) },
    },
    {
      code: 'doctor.balanced',
      ok: number(sums?.['unbalanced']) === 0 && number(sums?.['rejected']) === number(sums?.['kept']),
      params: { batches: number(sums?.['batches']), rejected: number(sums?.['rejected']) },
    },
    {
      code: 'doctor.waiting',
      ok: number(waiting?.['activities']) + number(waiting?.['versions']) === 0,
      params: { activities: number(waiting?.['activities']), versions: number(waiting?.['versions']) },
    },
    { code: 'doctor.disk', ok: free >= LITTLE_DISK_MB, params: { free } },
  ];
}
