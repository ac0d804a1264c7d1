import { Readable } from 'node:stream';
import { fault, warning } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { RowValue } from '../../core/measures/measure.ts';
import { readAgreement } from '../app/home.ts';
import type {
  DoctorCheck,
  ExportFormat,
  ImportReport,
  ImportRequest,
  Reject,
  Status,
  Workspace,
} from '../app/workspace.ts';
import type { ErrorBody } from '../server/problem.ts';
import type { ServerNote } from '../server/listen.ts';

const PATHS: Readonly<Record<string, (question: Readonly<Record<string, unknown>>) => string>> = {
  breakdown: (question) => `breakdown/${encodeURIComponent(String(question['dimension']))}`,
  lead: (question) => `leads/${encodeURIComponent(String(question['id']))}`,
};

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

  async status(): Promise<Status> {
    const body = await this.#json<Omit<Status, 'notices'> & { notices: readonly string[] }>('status');
    return { ...body, notices: body.notices.map((text) => warning('cli.notice', { text })) };
  }

  async ask(measure: string, question: unknown): Promise<Result<unknown>> {
    const members = typeof question === 'object' && question !== null ? Object.entries(question) : [];
    const query = new URLSearchParams();
    for (const [name, value] of members) {
      for (const each of Array.isArray(value) ? value : [value]) {
        if (each !== undefined && each !== null) query.append(name, String(each));
      }
    }
    const path = PATHS[measure]?.(Object.fromEntries(members)) ?? measure;
    if (measure === 'breakdown') query.delete('dimension');
    if (measure === 'lead') query.delete('id');
    return this.#try(() => this.#json(`${path}?${query.toString()}`));
  }

  importFile(request: ImportRequest): Promise<Result<ImportReport>> {
    const query = new URLSearchParams({ name: request.fileName });
    if (request.as) query.set('as', request.as);
    if (request.source !== undefined) query.set('source', request.source);
    if (request.dryRun === true) query.set('dry_run', 'true');
    if (request.strict === true) query.set('strict', 'true');
    const headers: Record<string, string> = {};
    if (request.mapping) headers['x-tregua-mapping'] = encodeURIComponent(request.mapping.text);
    return this.#try(() =>
      this.#json<ImportReport>(`imports?${query.toString()}`, {
        method: 'POST',
        headers,
        body: Readable.toWeb(Readable.from(request.content)),
        duplex: 'half',
      }),
    );
  }

  async batches(): Promise<readonly Readonly<Record<string, RowValue>>[]> {
    return (await this.#json<{ batches: Readonly<Record<string, RowValue>>[] }>('batches')).batches;
  }

  async rejects(batch?: number): Promise<readonly Reject[]> {
    return (await this.#json<{ rejects: Reject[] }>(`rejects${batch === undefined ? '' : `?batch=${batch}`}`))
      .rejects;
  }

  rebuild(): Promise<Result<Status>> {
    return this.#try(() => this.#json<Status>('rebuild', { method: 'POST' }));
  }

  async exportTable(table: string, format: ExportFormat): Promise<Result<AsyncIterable<Uint8Array>>> {
    return this.#try(async () => {
      const response = await this.#fetch(`export/${encodeURIComponent(table)}?format=${format}`);
      return bytesOf(response);
    });
  }

  async doctor(): Promise<readonly DoctorCheck[]> {
    return (await this.#json<{ checks: DoctorCheck[] }>('doctor')).checks;
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

  async #json<T>(path: string, init: RequestInit & { duplex?: 'half' } = {}): Promise<T> {
    const response = await this.#fetch(path, init);
    // Our own server of the same version wrote it.
    const body: T = JSON.parse(await response.text());
    return body;
  }

  async #fetch(path: string, init: RequestInit & { duplex?: 'half' } = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('x-tregua-token', this.#token);
    headers.set('accept-language', this.#language);
    let response: Response;
    try {
      response = await fetch(this.#base + path, { ...init, headers });
    } catch {
      throw new FaultError([fault('cli.server_unreachable', { address: this.#base })]);
    }
    if (!response.ok) throw new FaultError(await faultsOf(response));
    return response;
  }
}

async function* bytesOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  for (;;) {
    const next = await reader.read().catch(() => {
      throw new FaultError([fault('cli.server_unreachable', { address: response.url })]);
    });
    if (next.done) return;
    yield next.value;
  }
}

/** The server's words are told as they are: it spoke to the same user. */
async function faultsOf(response: Response): Promise<readonly Diagnostic[]> {
  const text = await response.text();
  try {
    const { errors }: { errors: readonly ErrorBody[] } = JSON.parse(text);
    return errors.map(({ code, message, hint, at }) =>
      fault('cli.told', { code, message, hint: hint ?? '' }, at ?? undefined),
    );
  } catch {
    return [fault('cli.told', { code: '', message: text.slice(0, 200), hint: '' })];
  }
}
