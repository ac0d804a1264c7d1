import { join, sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { Row } from '../../core/measures/measure.ts';
import type { SqliteLedger } from '../ledger/sqlite.ts';
import type { OpenStore } from './open-store.ts';
import type { RejectList } from './reject-list.ts';
import { mendFile } from './mend-file.ts';
import { mendsOf } from './undo.ts';
import type { ImportContext } from './import.ts';
import type {
  BatchContents,
  BatchStanding,
  DataStandings,
  SourceContents,
  SourceStanding,
} from '../../core/data/standings.ts';
import type { MendedFile } from './workspace.ts';

interface DeskContext {
  readonly ledger: SqliteLedger;
  use<T>(work: (store: OpenStore) => Promise<T>): Promise<T>;
  /** Does what changes figures, and tells whoever looks at them. */
  changing<T>(work: (context: ImportContext) => Promise<Result<T>>): Promise<Result<T>>;
}

/** Told by people of ids, and no source of anything. */
const DECISIONS = 'identity';

/** What has come in, from where, and what of it was refused. */
export class DataDesk implements DataStandings {
  readonly #context: DeskContext;
  readonly #rejects: RejectList;

  constructor(context: DeskContext, rejects: RejectList) {
    this.#context = context;
    this.#rejects = rejects;
  }

  /** Every source that brought something, the one that came last first. */
  async sources(): Promise<readonly SourceStanding[]> {
    const rows = await this.#query(sql`select source, count(*) as batches, sum(rows_read) as rows_read,
        sum(accepted) as accepted, sum(unchanged) as unchanged, sum(rejected) as rejected,
        max(entry) as batch, max_by(file, entry) as file, max_by(recorded_at, entry) as at
      from batch where source <> ${DECISIONS} group by source order by batch desc`);
    const newest = await this
      .#query(sql`select source, max(lead) as leads, max(activity) as activities, max(ad) as ads
      from batch join (
        select entry, max(created_at) as lead, null as activity, null as ad from lead_version
          where withdrawn_at is null group by entry
        union all select entry, null, max("at"), null from activity where withdrawn_at is null group by entry
        union all select entry, null, null, max(day) from ad_metric where withdrawn_at is null group by entry
      ) using (entry) group by source`);
    const open = await this.#rejects.openByEntry();
    const bySource = new Map<string, number>();
    for (const row of await this.#query(sql`select entry, source from batch where rejected > 0`))
      bySource.set(
        textIn(row, 'source'),
        (bySource.get(textIn(row, 'source')) ?? 0) + (open.get(numberIn(row, 'entry')) ?? 0),
      );
    return rows.map((row): SourceStanding => {
      const name = textIn(row, 'source');
      const fresh = newest.find((each) => each['source'] === name) ?? {};
      return {
        name,
        batches: numberIn(row, 'batches'),
        ...countsIn(row),
        open_rejects: bySource.get(name) ?? 0,
        last: { batch: numberIn(row, 'batch'), file: textIn(row, 'file'), at: textIn(row, 'at') },
        newest: {
          leads: textOrNull(fresh, 'leads'),
          activities: textOrNull(fresh, 'activities'),
          ads: textOrNull(fresh, 'ads'),
        },
      };
    });
  }

  /** When a tap or database was read last, by source: ISO 8601 UTC. */
  synced(): ReadonlyMap<string, string> {
    return this.#context.ledger.statesKeptAt();
  }

  /** The latest batches, the last first; of one source where it is named. */
  async batches(most: number, source?: string): Promise<readonly BatchStanding[]> {
    const rows = await this.#query(sql`select * from batch
      where source <> ${DECISIONS} and ${source === undefined ? sql`true` : sql`source = ${source}`}
      order by entry desc limit ${most}`);
    const open = await this.#rejects.openByEntry();
    const mends = new Map<number, { batch: number; rows: number }>();
    for (const { entry, by } of this.#context.ledger.retold())
      mends.set(by, { batch: entry, rows: (mends.get(by)?.rows ?? 0) + 1 });
    return rows.map((row) => ({
      batch: numberIn(row, 'entry'),
      source: textIn(row, 'source'),
      file: textIn(row, 'file'),
      at: textIn(row, 'recorded_at'),
      ...countsIn(row),
      open_rejects: open.get(numberIn(row, 'entry')) ?? 0,
      mends: mends.get(numberIn(row, 'entry')) ?? null,
    }));
  }

  /** Null where there is no such batch that counts. */
  async contents(batch: number): Promise<BatchContents | null> {
    const [found] = await this.#query(sql`select file, source from batch where entry = ${batch}`);
    if (found === undefined) return null;
    const mends = mendsOf(this.#context.ledger, batch);
    const of = sql`entry in (${join([batch, ...mends].map((each) => sql`${each}`))})`;
    return {
      batch,
      mended_by: mends.length,
      file: textIn(found, 'file'),
      source: textIn(found, 'source'),
      ...contentsIn(await this.#query(contentsQuery(of))),
    };
  }

  /** Null where nothing of it counts. */
  async contentsOfSource(source: string): Promise<SourceContents | null> {
    if (source === DECISIONS) return null;
    const of = sql`entry in (select entry from batch where source = ${source})`;
    const [found] = await this.#query(sql`select count(*) as batches from batch where ${of}`);
    const batches = numberIn(found ?? {}, 'batches');
    return batches === 0 ? null : { source, batches, ...contentsIn(await this.#query(contentsQuery(of))) };
  }

  /** Takes in refused rows that somebody corrected in their file. */
  mendFile(path: string, name: string): Promise<Result<MendedFile>> {
    return this.#context.changing((context) => mendFile(context, path, name));
  }

  #query(query: Fragment): Promise<readonly Row[]> {
    return this.#context.use(({ warehouse }) => warehouse.query(query));
  }
}

type Contents = Omit<SourceContents, 'source' | 'batches'>;

/** What would be gone with the entries that a condition is of. */
function contentsQuery(of: Fragment): Fragment {
  return sql`with told as (
      select distinct lead_id from lead_version where ${of} and withdrawn_at is null),
    others as (select distinct lead_id from lead_version
      where not (${of}) and withdrawn_at is null and lead_id in (select lead_id from told))
    select (select count(*) from told) - (select count(*) from others) as leads,
      (select count(*) from others) as changed_leads,
      (select count(*) from activity where ${of} and withdrawn_at is null) as activities,
      (select count(*) from ad_metric where ${of} and withdrawn_at is null) as ad_rows,
      (select sum(rejected) from batch where ${of}) as rejected,
      (select count(*) from batch where not (${of})
        and entry > (select min(entry) from batch where ${of})) as later`;
}

function contentsIn([row = {}]: readonly Row[]): Contents {
  return {
    leads: numberIn(row, 'leads'),
    changed_leads: numberIn(row, 'changed_leads'),
    activities: numberIn(row, 'activities'),
    ad_rows: numberIn(row, 'ad_rows'),
    rejected: numberIn(row, 'rejected'),
    later: numberIn(row, 'later'),
  };
}

function countsIn(row: Row): Pick<BatchStanding, 'rows_read' | 'accepted' | 'unchanged' | 'rejected'> {
  return {
    rows_read: numberIn(row, 'rows_read'),
    accepted: numberIn(row, 'accepted'),
    unchanged: numberIn(row, 'unchanged'),
    rejected: numberIn(row, 'rejected'),
  };
}

function numberIn(row: Row, name: string): number {
  return Number(row[name] ?? 0);
}

function textIn(row: Row, name: string): string {
  return textOrNull(row, name) ?? '';
}

function textOrNull(row: Row, name: string): string | null {
  const value = row[name];
  return typeof value === 'string' ? value : null;
}
