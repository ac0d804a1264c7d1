import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { TypeChanges } from '../../core/agreement/type-changes.ts';
import type { SeenValues } from '../../core/agreement/seen-values.ts';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { fault, warning } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { FaultError, InvariantError } from '../../core/diagnostic/errors.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { RejectFilter, RejectPage, RejectQuestion } from '../../core/data/standings.ts';
import type { RowValue } from '../../core/measures/measure.ts';
import { readAgreement } from '../app/home.ts';
import { receiving } from '../app/import-progress.ts';
import type { ImportProgress, TellProgress } from '../app/import-progress.ts';
import type { LoadEvent, LoadRequest } from '../app/load-events.ts';
import type {
  AgreementDraft,
  DoctorCheck,
  ExportFormat,
  ImportReport,
  ImportRequest,
  MendedFile,
  NewSignature,
  NewVersion,
  RetryOptions,
  Status,
  VersionStanding,
  Undone,
  UndoneSource,
  Workspace,
} from '../app/workspace.ts';
import type { IdentityDecision, IdentityReport } from '../../core/identity/report.ts';
import { byteLines } from '../ingest/byte-lines.ts';
import type { ErrorBody } from '../server/problem.ts';
import type { ServerNote } from '../server/server-note.ts';
import { callServer, textOf } from './server-call.ts';
import type { ServerCall } from './server-call.ts';

const PATHS: Readonly<Record<string, (question: Readonly<Record<string, unknown>>) => string>> = {
  breakdown: (question) => `breakdown/${encodeURIComponent(String(question['dimension']))}`,
  lead: (question) => `leads/${encodeURIComponent(String(question['id']))}`,
};

/** How often a load of the server's is looked at. */
const LOOK_MS = 250;

interface RunningImport {
  readonly files: readonly { readonly progress: ImportProgress | null }[];
}

const LONGEST_EVENT = 128 * 1024 * 1024;

/** The workspace that a running server holds, by its API. */
export class RemoteWorkspace implements Workspace {
  readonly home: string;
  /** Its own process tells them. */
  readonly notices = [];
  readonly #base: string;
  readonly #token: string;
  readonly #language: string;

  constructor(home: string, note: ServerNote, language: string) {
    this.#language = language;
    this.home = home;
    this.#base = `http://${note.host.includes(':') ? `[${note.host}]` : note.host}:${note.port}/v1/`;
    this.#token = note.token;
  }

  async agreement(): Promise<{ version: number; agreement: Agreement }> {
    const text = await readAgreement(this.home);
    if (!text.ok) throw new FaultError(text.faults);
    const { agreement } = await this.status();
    return { version: agreement.version, agreement: text.value.agreement };
  }

  async status(question: unknown = {}): Promise<Status> {
    const body = await this.#json<Omit<Status, 'notices'> & { notices: readonly string[] }>(
      `status?${queryOf(question).toString()}`,
    );
    return { ...body, notices: body.notices.map((text) => warning('cli.notice', { text })) };
  }

  async ask(measure: string, question: unknown, draft?: AgreementDraft): Promise<Result<unknown>> {
    if (draft !== undefined)
      return this.#try(() => this.#post(`drafts/${encodeURIComponent(measure)}`, { draft, question }));
    const query = queryOf(question);
    const path = PATHS[measure]?.(Object.fromEntries(query)) ?? measure;
    if (measure === 'breakdown') query.delete('dimension');
    if (measure === 'lead') query.delete('id');
    return this.#try(() => this.#json(`${path}?${query.toString()}`));
  }

  async versions(): Promise<readonly VersionStanding[]> {
    return (await this.#json<{ versions: VersionStanding[] }>('agreement/versions')).versions;
  }

  versionText(version: number): Promise<Result<string>> {
    return this.#try(async () => (await this.#json<{ text: string }>(`agreement/versions/${version}`)).text);
  }

  putVersion(version: NewVersion): Promise<Result<VersionStanding>> {
    return this.#try(() => this.#post('agreement/versions', version));
  }

  signVersion(version: number, signature: NewSignature): Promise<Result<VersionStanding>> {
    return this.#try(() => this.#post(`agreement/versions/${version}/signatures`, signature));
  }

  withdrawVersion(version: number): Promise<Result<VersionStanding>> {
    return this.#try(() => this.#post(`agreement/versions/${version}/withdrawal`, {}));
  }

  importFile(request: ImportRequest): Promise<Result<ImportReport>> {
    const query = new URLSearchParams({ name: request.fileName });
    if (request.as) query.set('as', request.as);
    if (request.source !== undefined) query.set('source', request.source);
    if (request.dryRun === true) query.set('dry_run', 'true');
    if (request.strict === true) query.set('strict', 'true');
    for (const [key, value] of Object.entries(request.answers ?? {}))
      query.append('answer', `${key}=${value}`);
    const headers: Record<string, string> = {};
    if (request.mapping) headers['x-tregua-mapping'] = encodeURIComponent(request.mapping.text);
    const { content, bytes = null, onProgress } = request;
    if (onProgress === undefined)
      return this.#try(() =>
        this.#json(`imports?${query.toString()}`, { method: 'POST', headers, body: content }),
      );
    const load = randomBytes(9).toString('base64url');
    query.set('load', load);
    const body = receiving(content, bytes, onProgress);
    return this.#try(() =>
      this.#followed(
        load,
        this.#json<ImportReport>(`imports?${query.toString()}`, { method: 'POST', headers, body }),
        onProgress,
      ),
    );
  }

  /** Tells how far a load of the server's is until its answer comes; what is on its way is told by the sender. */
  async #followed<T>(load: string, answer: Promise<T>, tell: TellProgress): Promise<T> {
    const over = answer.then(
      () => true,
      () => true,
    );
    for (;;) {
      const later = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), LOOK_MS));
      if (await Promise.race([over, later])) break;
      const told = await this.#json<RunningImport>(`import/loads/${load}`).catch(() => null);
      const progress = told?.files[0]?.progress ?? null;
      if (progress !== null && progress.phase !== 'receiving') tell(progress);
    }
    return answer;
  }

  async *load({ format, source, content }: LoadRequest): AsyncGenerator<LoadEvent> {
    const query = new URLSearchParams({ format, source });
    const response = await this.#call(`load?${query.toString()}`, { method: 'POST', body: content });
    for await (const { bytes } of byteLines(this.#bytesOf(response), LONGEST_EVENT)) {
      if (bytes === null) throw new InvariantError('an event of a load that is too long');
      // Our own server of the same version wrote it.
      const event: LoadEvent = JSON.parse(Buffer.from(bytes).toString('utf8'));
      yield event;
    }
  }

  async sourceState(source: string): Promise<string | null> {
    return (await this.#stateOf(source)).state;
  }

  async passedOver(source: string): Promise<readonly string[]> {
    return (await this.#stateOf(source)).passed_over;
  }

  #stateOf(source: string): Promise<{ state: string | null; passed_over: readonly string[] }> {
    const query = new URLSearchParams({ source });
    return this.#json(`state?${query.toString()}`);
  }

  mend(batch: number, line: number, values: Readonly<Record<string, string>>): Promise<Result<ImportReport>> {
    return this.#try(() => this.#json<ImportReport>(`rejects/${batch}/${line}`, posted({ values })));
  }

  mendFile(path: string, name: string): Promise<Result<MendedFile>> {
    const query = new URLSearchParams({ name });
    const body = createReadStream(path, { highWaterMark: 1 << 20 });
    return this.#try(() => this.#json<MendedFile>(`rejects?${query.toString()}`, { method: 'POST', body }));
  }

  retry(batch: number, { as, mapping, answers }: RetryOptions): Promise<Result<ImportReport>> {
    const body = { as, mapping: mapping?.text, answers };
    return this.#try(() => this.#json<ImportReport>(`batches/${batch}/retry`, posted(body)));
  }

  undo(batch: number): Promise<Result<Undone>> {
    return this.#try(() => this.#json<Undone>(`batches/${batch}/undo`, { method: 'POST' }));
  }

  undoSource(source: string): Promise<Result<UndoneSource>> {
    const path = `sources/${encodeURIComponent(source)}/undo`;
    return this.#try(() => this.#json<UndoneSource>(path, { method: 'POST' }));
  }

  async batches(): Promise<readonly Readonly<Record<string, RowValue>>[]> {
    return (await this.#json<{ batches: Readonly<Record<string, RowValue>>[] }>('batches')).batches;
  }

  rejects(question: RejectQuestion = {}): Promise<RejectPage> {
    return this.#json<RejectPage>(`rejects?${queryOf(question).toString()}`);
  }

  async *rejectsCsv(filter: RejectFilter): AsyncGenerator<Uint8Array> {
    yield* this.#bytesOf(await this.#call(`rejects?${queryOf({ ...filter, format: 'csv' }).toString()}`));
  }

  rebuild(): Promise<Result<Status>> {
    return this.#try(() => this.#json<Status>('rebuild', { method: 'POST' }));
  }

  async exportTable(table: string, format: ExportFormat): Promise<Result<AsyncIterable<Uint8Array>>> {
    return this.#try(async () =>
      this.#bytesOf(await this.#call(`export/${encodeURIComponent(table)}?format=${format}`)),
    );
  }

  async doctor(): Promise<readonly DoctorCheck[]> {
    return (await this.#json<{ checks: DoctorCheck[] }>('doctor')).checks;
  }

  seenValues(): Promise<SeenValues> {
    return this.#json<SeenValues>('agreement/values');
  }

  typeChanges(draft: AgreementDraft): Promise<Result<TypeChanges>> {
    return this.#try(() => this.#post('agreement/types', draft));
  }

  identity(): Promise<IdentityReport> {
    return this.#json<IdentityReport>('identity');
  }

  decideIdentity(decision: IdentityDecision): Promise<Result<IdentityReport>> {
    return this.#try(() =>
      this.#json<IdentityReport>('identity/decisions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: Readable.from([Buffer.from(JSON.stringify(decision))]),
      }),
    );
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #try<T>(work: () => Promise<T>): Promise<Result<T>> {
    try {
      return success(await work());
    } catch (error) {
      if (error instanceof FaultError) return failure(...error.faults);
      throw error;
    }
  }

  async #json<T>(path: string, call: ServerCall = {}): Promise<T> {
    const text = await this.#reached(textOf(await this.#call(path, call)));
    // Our own server of the same version wrote it.
    const body: T = JSON.parse(text);
    return body;
  }

  #post<T>(path: string, body: unknown): Promise<T> {
    return this.#json<T>(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Readable.from([Buffer.from(JSON.stringify(body))]),
    });
  }

  async #call(path: string, call: ServerCall = {}): Promise<IncomingMessage> {
    const headers = {
      ...call.headers,
      'x-tregua-token': this.#token,
      'accept-language': this.#language,
    };
    const response = await this.#reached(callServer(this.#base + path, { ...call, headers }));
    if (response.statusCode !== 200) throw new FaultError(faultsIn(await this.#reached(textOf(response))));
    return response;
  }

  async *#bytesOf(response: IncomingMessage): AsyncGenerator<Uint8Array> {
    const chunks: AsyncIterator<Uint8Array> = response[Symbol.asyncIterator]();
    for (;;) {
      const next = await this.#reached(chunks.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  async #reached<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch {
      throw new FaultError([fault('cli.server_unreachable', { address: this.#base })]);
    }
  }
}

function queryOf(question: unknown): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of typeof question === 'object' && question !== null
    ? Object.entries(question)
    : []) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null) query.append(name, String(each));
    }
  }
  return query;
}

/** A call with a body in JSON. */
function posted(body: unknown): ServerCall {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: Readable.from([Buffer.from(JSON.stringify(body))]),
  };
}

/** The server's words are told as they are: it spoke to the same user. */
function faultsIn(text: string): readonly Diagnostic[] {
  try {
    const { errors }: { errors: readonly ErrorBody[] } = JSON.parse(text);
    return errors.map(({ code, message, hint, at }) =>
      fault('cli.told', { code, message, hint: hint ?? '' }, at ?? undefined),
    );
  } catch {
    return [fault('cli.told', { code: '', message: text.slice(0, 200), hint: '' })];
  }
}
