import type { TypeChanges } from '../../core/agreement/type-changes.ts';
import type { SeenValues } from '../../core/agreement/seen-values.ts';
import type { Agreement } from '../../core/agreement/agreement.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { RowValue } from '../../core/measures/measure.ts';
import type { MappingKind } from '../ingest/mapping.ts';
import type { IdentityDecision, IdentityReport } from '../../core/identity/report.ts';
import type { BatchReport } from '../ingest/batch-report.ts';
import type { Changes } from './changes.ts';
import type { DataStandings, RejectFilter, RejectPage, RejectQuestion } from '../../core/data/standings.ts';
import type { TellProgress } from './import-progress.ts';
import type { ImportPlan } from './import-plan.ts';
import type { Reject } from '../../core/data/reject.ts';
import type { Recognised } from '../ingest/resolve.ts';
import type { Intake } from './intake.ts';
import type { Settling } from './settling.ts';
import type { LoadEvent, LoadRequest } from './load-events.ts';

export interface Status {
  readonly name: string;
  readonly timezone: string;
  readonly currency: string;
  /** No lead and no ad metric has come yet. */
  readonly empty: boolean;
  /** Local days of the first and the last fact. */
  readonly extent: { readonly from: string; readonly to: string } | null;
  readonly as_of: string;
  readonly leads: number;
  readonly activities: number;
  readonly ad_rows: number;
  readonly agreement: { readonly version: number; readonly name: string };
  /** What the operator should know: a warehouse that was rebuilt, a file that was moved aside. */
  readonly notices: readonly Diagnostic[];
}

export interface ImportRequest {
  /** The bytes, from wherever they come. */
  readonly content: AsyncIterable<Uint8Array>;
  readonly fileName: string;
  readonly as?: MappingKind | undefined;
  /** The text of a mapping. */
  readonly mapping?: { readonly text: string; readonly file: string } | undefined;
  readonly source?: string | undefined;
  /** Say what would happen, and keep nothing. */
  readonly dryRun?: boolean | undefined;
  /** Take nothing in where a row is refused. */
  readonly strict?: boolean | undefined;
  /**
   * What the file does not say: `currency`, `timezone`, `dates`, `decimal`, or a column's name and the field that
   * it goes to. Remembered for the files of the same source.
   */
  readonly answers?: Readonly<Record<string, string>> | undefined;
  /** Its size, where it is known: how far the receiving is. */
  readonly bytes?: number | undefined;
  readonly onProgress?: TellProgress | undefined;
  /** Other files follow at once: its leads are counted with theirs. */
  readonly moreFollow?: boolean | undefined;
}

export interface ImportReport extends BatchReport {
  /** The very same file was taken in before. */
  readonly known: boolean;
  /** False for a dry run, and for a strict import with refused rows. */
  readonly kept: boolean;
  readonly warnings: readonly Diagnostic[];
  /** The first refused rows. */
  readonly examples: readonly Reject[];
  readonly recognised?: Recognised;
  /** Of a dry run. */
  readonly plan?: ImportPlan;
  /** Of a file of refused rows, corrected: it mends each where it was refused, so that it has no one batch. */
  readonly mended?: MendedFile;
}

export type { Reject } from '../../core/data/reject.ts';

/** What became of a file of refused rows that somebody corrected. */
export interface MendedFile {
  /** One of each batch whose rows were corrected. */
  readonly reports: readonly ImportReport[];
  /** Rows that nobody changed: they stay as they are. */
  readonly untouched: number;
  /** Rows that are not, or no more, among the refused. */
  readonly unknown: number;
}

export type RetryOptions = Pick<ImportRequest, 'as' | 'mapping' | 'answers'>;

/** A batch that counts no more. */
export interface Undone {
  readonly entry: number;
  readonly source: string;
  readonly file: string;
  /** The state of its source stands again where it stood before the batch: the next reading tells it anew. */
  readonly rewound: boolean;
  /** The batches that told rows of it with other values, which are taken back with it. */
  readonly mended_by: number;
}

/** All of a source that counts no more. */
export interface UndoneSource {
  readonly source: string;
  readonly batches: number;
}

export interface DoctorCheck {
  readonly code: string;
  readonly ok: boolean;
  readonly params: Readonly<Record<string, string | number>>;
}

/** Who agrees to a version of the agreement. */
export interface SignatureAnswer {
  /** `null` for the director, who decides instead of the areas. */
  readonly area: string | null;
  readonly name: string;
  readonly reason: string | null;
  readonly signed_at: string;
}

/** A version of the agreement, and how it stands. */
export interface VersionStanding {
  readonly version: number;
  /** Edited or applied later, a version is replaced where another holds from the same day or an earlier one. */
  readonly state: 'in_force' | 'upcoming' | 'replaced' | 'proposed' | 'withdrawn';
  /** Local days of the leads that it judges: the first (`null`: all before, too) and the last (`null`: no end). */
  readonly from: string | null;
  readonly to: string | null;
  readonly recorded_at: string;
  readonly applied_at: string | null;
  readonly note: string | null;
  readonly signatures: readonly SignatureAnswer[];
  /** Areas that own something in it and have not signed. */
  readonly unsigned: readonly string[];
}

export interface NewVersion {
  readonly text: string;
  readonly file: string;
  /** Local day; `null`: all of history, too. */
  readonly from: string | null;
  readonly note?: string | undefined;
  /** Keep it for the areas to sign, without putting it in force. */
  readonly propose?: boolean | undefined;
}

export interface NewSignature {
  readonly area: string | null;
  readonly name: string;
  readonly reason?: string | undefined;
}

/** The text of an agreement that is in force nowhere. */
export interface AgreementDraft {
  readonly text: string;
  readonly file: string;
}

export type ExportFormat = 'csv' | 'json' | 'parquet';

/** All that can be done with a workspace, here or by way of the server that holds it. */
export interface Workspace {
  readonly home: string;
  /** What befell the store since it was opened here. */
  readonly notices: readonly Diagnostic[];
  agreement(): Promise<{ readonly version: number; readonly agreement: Agreement }>;
  /** What is there now, or was known as of an instant: `{ as_of }`, as measures take it. */
  status(question?: unknown): Promise<Status>;
  /** Asks a measure by name, if wanted as if a draft had held all along; the question is checked first. */
  ask(measure: string, question: unknown, draft?: AgreementDraft): Promise<Result<unknown>>;
  /** Every version of the agreement, oldest first. */
  versions(): Promise<readonly VersionStanding[]>;
  versionText(version: number): Promise<Result<string>>;
  /** What the data hold that a rule may ask for. */
  seenValues(): Promise<SeenValues>;
  /** What becomes of the values of fields whose type a draft changes. */
  typeChanges(draft: AgreementDraft): Promise<Result<TypeChanges>>;
  /** Puts a version in force and into `tregua.yaml`, or proposes it. */
  putVersion(version: NewVersion): Promise<Result<VersionStanding>>;
  /** Signs a version; a proposal that all areas signed, or the director decided, is put in force. */
  signVersion(version: number, signature: NewSignature): Promise<Result<VersionStanding>>;
  /** Takes a proposal back. */
  withdrawVersion(version: number): Promise<Result<VersionStanding>>;
  importFile(request: ImportRequest): Promise<Result<ImportReport>>;
  /** Takes in what a tap writes; see `loadInto`. */
  load(request: LoadRequest): AsyncIterable<LoadEvent>;
  /** How far a source has been read, as its tap wants to be told; null where it never was. */
  sourceState(source: string): Promise<string | null>;
  /** The streams of a source whose records no mapping read, though its state stands for them. */
  passedOver(source: string): Promise<readonly string[]>;
  /** Takes a batch back: all is as if it had never been loaded. */
  undo(batch: number): Promise<Result<Undone>>;
  /** Takes back all that a source told; it is read from its beginning then. */
  undoSource(source: string): Promise<Result<UndoneSource>>;
  batches(): Promise<readonly Readonly<Record<string, RowValue>>[]>;
  /** The refused rows that nobody has mended yet, a page of them; `everyReject` follows the pages. */
  rejects(question?: RejectQuestion): Promise<RejectPage>;
  /** All of them as CSV, in pieces: reasons are in the words of `reasonOf`, or a server's in the language asked for. */
  rejectsCsv(filter: RejectFilter, reasonOf: (reject: Reject) => string): AsyncIterable<Uint8Array>;
  /** Tells a refused row anew, with other values in some of its columns: a batch of its own. */
  mend(batch: number, line: number, values: Readonly<Record<string, string>>): Promise<Result<ImportReport>>;
  /** Takes in a file of refused rows, as `tregua rejects --csv` gives it, with cells corrected. */
  mendFile(path: string, name: string): Promise<Result<MendedFile>>;
  /** Reads a batch's file again by the mapping that holds now: its refused rows are told anew by that. */
  retry(batch: number, options: RetryOptions): Promise<Result<ImportReport>>;
  /** Makes the warehouse anew from the ledger. */
  rebuild(): Promise<Result<Status>>;
  exportTable(table: string, format: ExportFormat): Promise<Result<AsyncIterable<Uint8Array>>>;
  doctor(): Promise<readonly DoctorCheck[]>;
  /** How ids of other systems were joined to leads, and which pairs are to be decided. */
  identity(): Promise<IdentityReport>;
  /** Says whether two ids are one lead's; kept in the ledger. */
  decideIdentity(decision: IdentityDecision): Promise<Result<IdentityReport>>;
  close(): Promise<void>;
}

/** A workspace in this process, which takes in what comes while it is served. */
export interface ServedWorkspace extends Workspace {
  readonly changes: Changes;
  readonly data: DataStandings;
  readonly intake: Intake;
  readonly settling: Settling;
}
