import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import { sql } from '../../core/sql/sql.ts';
import type { Mapping } from '../ingest/mapping.ts';
import { parseMapping } from '../ingest/mapping-document.ts';
import { leftOutOf } from '../ingest/batch-report.ts';
import type { BatchReport } from '../ingest/batch-report.ts';
import { resolveFile, unanswered } from '../ingest/resolve.ts';
import type { Growth } from '../ledger/growth.ts';
import type { EntryDraft, LedgerEntry, StoredFile } from '../ledger/ledger.ts';
import type { SqliteLedger } from '../ledger/sqlite.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { answerFaults, answersOf, keepAnswers, readKeptAnswers } from './answers.ts';
import { readMappings } from './home.ts';
import { planOf } from './import-plan.ts';
import type { ImportPlan } from './import-plan.ts';
import { receiving } from './import-progress.ts';
import type { TellProgress } from './import-progress.ts';
import type { OpenStore } from './open-store.ts';
import { readRejects } from './rejects.ts';
import { namingFault } from './one-naming.ts';
import { isOfEntry, paramsOf, reasonOf } from './unread-entries.ts';
import { whileReading } from './while-reading.ts';
import type { ImportReport, ImportRequest, Reject } from './workspace.ts';

/** Refused rows that a report shows. */
export const MOST_EXAMPLES = 5;

export interface ImportContext {
  readonly home: string;
  readonly agreement: Agreement;
  readonly ledger: SqliteLedger;
  /** Work on the store as it is now, mended where it must be. */
  use<T>(work: (store: OpenStore) => Promise<T>): Promise<T>;
}

/**
 * Takes a file in: its bytes are kept, recognised while the disk takes them, then appended to the ledger and projected.
 * Where it is refused, or only rehearsed, nothing of it stays.
 *
 * @param elsewhere takes in what is no export of anything; null of what is one
 */
export async function importInto(
  context: ImportContext,
  request: ImportRequest,
  elsewhere: (stored: StoredFile) => Promise<Result<ImportReport> | null> = () => Promise.resolve(null),
): Promise<Result<ImportReport>> {
  const mappings = await readMappings(context.home, context.agreement);
  if (!mappings.ok) return mappings;
  const fields = context.agreement.fields.map((field) => field.name);
  const named = request.mapping ? parseMapping(request.mapping.text, request.mapping.file, fields) : null;
  if (named !== null && !named.ok) return named;
  const given = request.answers ?? {};
  const badAnswers = answerFaults(given, context.agreement);
  if (badAnswers.length > 0) return failure(...badAnswers);
  const kept = await readKeptAnswers(context.home);
  const fileName = basename(request.fileName);
  const recognise = (path: string, growth: Growth): ReturnType<typeof resolveFile> => {
    const options = {
      agreement: context.agreement,
      fileName,
      as: request.as,
      source: request.source,
      mapping: named?.value,
      mappings: mappings.value,
      answers: (source: string) => answersOf(kept, source, given),
      asksStages: request.dryRun === true,
      // While it still comes, that is what is told.
      onRows: (done: number) => {
        if (growth.isWhole) request.onProgress?.({ phase: 'recognising', done, total: null });
      },
    };
    return resolveFile(path, options, growth);
  };
  let stored: StoredFile;
  let resolved: Awaited<ReturnType<typeof resolveFile>>;
  try {
    const { content, bytes = null, onProgress } = request;
    ({ stored, seen: resolved } = await context.ledger.storeWhile(
      onProgress === undefined ? content : receiving(content, bytes, onProgress),
      recognise,
    ));
  } catch (error) {
    return refused(error);
  }
  try {
    // No refusal of what is no export of anything counts.
    const taken = await elsewhere(stored);
    if (taken !== null) return taken;
    return resolved.ok ? await enter(context, request, stored, resolved) : resolved;
  } finally {
    context.ledger.letGo(stored.hash);
  }
}

/** Rehearses a stored file that is recognised, or takes it in. */
async function enter(
  context: ImportContext,
  request: ImportRequest,
  stored: StoredFile,
  resolved: Extract<Awaited<ReturnType<typeof resolveFile>>, { ok: true }>,
): Promise<Result<ImportReport>> {
  const fileName = basename(request.fileName);
  const { warnings } = resolved;
  const { mapping, recognised, rows } = resolved.value;
  const { onProgress: tell, moreFollow } = request;
  const follow: Following = { rows, tell, moreFollow };
  const unsaid = request.dryRun === true ? [] : unanswered(recognised, fileName);
  if (unsaid.length > 0) return failure(...unsaid);
  const draft = entryOf(stored, fileName, mapping);
  const { records, format } = mapping;
  const twofold = namingFault(context.ledger, mapping.source, { records, columns: format.columns });
  if (twofold !== null) return failure(twofold);
  if (request.dryRun === true || request.strict === true) {
    const rehearsal = await rehearse(context, draft, follow);
    if (!rehearsal.ok) return rehearsal;
    const { report, known, examples, plan } = rehearsal.value;
    if (request.dryRun === true || report.rejected > 0) {
      return success({
        ...report,
        known,
        kept: false,
        warnings,
        recognised,
        ...(plan === null ? {} : { plan }),
        examples,
      });
    }
  }
  const taken = await takeIn(context, draft, follow);
  if (!taken.ok) return taken;
  await keepAnswers(context.home, mapping.source, request.answers ?? {});
  return success({ ...taken.value, warnings, recognised });
}

/** Appends an entry whose file is stored, and counts it; where it cannot be read, it is not entered. */
export async function takeIn(
  context: ImportContext,
  draft: EntryDraft,
  { rows, tell, moreFollow }: Following = { rows: null },
): Promise<Result<ImportReport>> {
  const fileName = draft.file.name;
  let appended: { readonly entry: LedgerEntry; readonly known: boolean };
  try {
    appended = await context.ledger.append(draft);
  } catch (error) {
    return refused(error);
  }
  const { entry, known } = appended;
  try {
    return await context.use(async ({ projector, warehouse }): Promise<Result<ImportReport>> => {
      await whileReading(projector, entry.id, rows, tell, () => projector.catchUp());
      tell?.({ phase: 'counting', done: 0, total: null });
      const unread = (await projector.unread()).find((each) => each.entry.id === entry.id);
      if (unread !== undefined && !known) {
        await context.ledger.withdraw(entry.id);
        await projector.forget(entry.id);
        return failure(notTaken(fileName, unread.reason));
      }
      if (unread !== undefined && !(await projector.retry(entry)))
        return failure(fault('store.entry_unread', paramsOf(unread)));
      if (moreFollow !== true) await projector.derive(new Date().toISOString());
      return success({
        ...(await reportOf(warehouse, entry, known)),
        known,
        kept: true,
        warnings: [],
        examples: known ? [] : await readRejects(warehouse, entry.id, MOST_EXAMPLES),
      });
    });
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    // The ledger holds it: the next command counts it, and to say that it was refused would be wrong.
    return failure(fault('store.kept_uncounted', { file: fileName }));
  }
}

export function refused(error: unknown): Result<never> {
  if (error instanceof FaultError) return failure(...error.faults);
  throw error;
}

export function entryOf(stored: StoredFile, fileName: string, mapping: Mapping): EntryDraft {
  const form = createHash('sha256').update(JSON.stringify(mapping)).digest('hex').slice(0, 16);
  return {
    source: mapping.source,
    externalId: `${stored.hash}:${form}`,
    file: { hash: stored.hash, name: fileName, bytes: stored.bytes },
    kept: 'file',
    mapping,
  };
}

/** The rows that a file has, and who is told how many of them were read. */
interface Following {
  readonly rows: number | null;
  readonly tell?: TellProgress | undefined;
  readonly moreFollow?: boolean | undefined;
}

interface Rehearsal {
  readonly report: BatchReport;
  /** The very same file was taken in before. */
  readonly known: boolean;
  readonly examples: readonly Reject[];
  readonly plan: ImportPlan | null;
}

/** What an entry would do, without keeping it. */
export async function rehearse(
  context: ImportContext,
  draft: EntryDraft,
  { rows, tell }: Following = { rows: null },
): Promise<Result<Rehearsal>> {
  const { known } = context.ledger.standing(draft.source, draft.externalId);
  if (known !== null) {
    const report = await context.use(({ warehouse }) => reportOf(warehouse, known, true));
    const plan = await context.use(({ warehouse }) => planOf(warehouse, draft.mapping, known.id));
    return success({ report, known: true, examples: [], plan });
  }
  const entry: LedgerEntry = {
    ...draft,
    id: (await context.ledger.lastId()) + 1,
    receivedAt: new Date().toISOString(),
  };
  let examples: readonly Reject[] = [];
  let plan: ImportPlan | null = null;
  try {
    const report = await context.use(({ projector }) =>
      whileReading(projector, entry.id, rows, tell, () =>
        projector.rehearse(entry, async (transaction) => {
          examples = await readRejects(transaction, entry.id, MOST_EXAMPLES);
          plan = await planOf(transaction, draft.mapping, entry.id);
        }),
      ),
    );
    return success({ report, known: false, examples, plan });
  } catch (error) {
    if (!isOfEntry(error)) throw error;
    return failure(notTaken(entry.file.name, reasonOf(error)));
  }
}

function notTaken(file: string, reason: string): Diagnostic {
  return fault('store.not_taken', { file, reason });
}

/** What an entry brought; one that was known before brings nothing more. */
export async function reportOf(
  warehouse: Warehouse,
  entry: LedgerEntry,
  known: boolean,
): Promise<BatchReport> {
  const [batch] = await warehouse.query(sql`select * from batch where entry = ${entry.id}`);
  const reasons = await warehouse.query(
    sql`select code, count(*) as n from reject where entry = ${entry.id} group by code order by n desc, code`,
  );
  const count = (name: string): number => Number(batch?.[name] ?? 0);
  return {
    entry: entry.id,
    source: entry.source,
    file: entry.file.name,
    rowsRead: count('rows_read'),
    accepted: known ? 0 : count('accepted'),
    unchanged: count('unchanged') + (known ? count('accepted') : 0),
    rejected: count('rejected'),
    repeated: count('repeated'),
    withdrawn: count('withdrawn'),
    byReason: Object.fromEntries(reasons.map((row) => [String(row['code']), Number(row['n'])])),
    leftOut: await leftOutOf(warehouse, entry.id),
  };
}
