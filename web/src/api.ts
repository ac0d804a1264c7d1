import { useQuery } from '@tanstack/react-query';
import type { QueryClient, UseQueryResult } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { askedWith, queryText } from '../../src/core/measures/screen-question.ts';
import type { Parameters } from '../../src/core/measures/screen-question.ts';
import type { SeenValues } from '../../src/core/agreement/seen-values.ts';
import type { AgreementView } from '../../src/core/agreement/view.ts';
import type {
  BreakdownAnswer,
  FunnelAnswer,
  LeadAnswer,
  LeadsAnswer,
  PageAnswer,
} from '../../src/core/measures/answer.ts';
import type { ChangesAnswer } from '../../src/core/measures/changes-answer.ts';
import type { OpportunitiesAnswer } from '../../src/core/measures/opportunities-answer.ts';
import type { HandoffsAnswer } from '../../src/core/measures/handoffs-answer.ts';
import type { TargetsAnswer } from '../../src/core/measures/targets-answer.ts';
import type { MaturityAnswer } from '../../src/core/measures/maturity-answer.ts';
import type { CriteriaAnswer } from '../../src/core/measures/criteria-answer.ts';
import type { IdentityDecision, IdentityReport } from '../../src/core/identity/report.ts';
import type { BatchContents, BatchStanding, SourceContents } from '../../src/core/data/standings.ts';
import type { RejectPage, Source, Sync, Token } from './data/answers.ts';
import type { RunningLoad } from './data/import-answers.ts';
import type { Note, SavedView, Share } from './desk.ts';
import { useReading } from './language.tsx';
import { sharedToken } from './shared-link.ts';

/** What the server says of its workspace. */
export interface Status {
  readonly name: string;
  readonly timezone: string;
  readonly currency: string;
  readonly empty: boolean;
  readonly extent: { readonly from: string; readonly to: string } | null;
  readonly as_of: string;
  readonly leads: number;
  readonly notices: readonly string[];
}

export type Agreement = AgreementView & { readonly version: number };

/** A version of the agreement, and how it stands. */
export interface AgreementVersion {
  readonly version: number;
  readonly state: 'in_force' | 'upcoming' | 'replaced' | 'proposed' | 'withdrawn';
  readonly from: string | null;
  readonly to: string | null;
  readonly note: string | null;
  readonly signatures: readonly {
    readonly area: string | null;
    readonly name: string;
    readonly reason: string | null;
    readonly signed_at: string;
  }[];
  readonly unsigned: readonly string[];
}

interface Answers {
  readonly 'agreement/values': SeenValues;
  readonly 'agreement/versions': { readonly versions: readonly AgreementVersion[] };
  readonly [changed: `agreement/versions/${number}/differences`]: {
    readonly differences: readonly AgreementChange[];
  };
  readonly [version: `agreement/versions/${number}`]: AgreementVersion & { readonly text: string };
  readonly status: Status;
  readonly agreement: Agreement;
  readonly page: PageAnswer;
  readonly funnel: FunnelAnswer;
  readonly changes: ChangesAnswer;
  readonly maturity: MaturityAnswer;
  readonly opportunities: OpportunitiesAnswer;
  readonly targets: TargetsAnswer;
  readonly criteria: CriteriaAnswer;
  readonly handoffs: HandoffsAnswer;
  readonly leads: LeadsAnswer;
  readonly identity: IdentityReport;
  readonly notes: { readonly notes: readonly Note[] };
  readonly views: { readonly views: readonly SavedView[] };
  readonly shares: { readonly shares: readonly Share[] };
  readonly printer: { readonly chromium: boolean };
  readonly sources: { readonly sources: readonly Source[] };
  readonly loads: { readonly batches: readonly BatchStanding[] };
  readonly rejects: RejectPage;
  readonly [load: `import/loads/${string}`]: RunningLoad;
  readonly tokens: { readonly tokens: readonly Token[] };
  readonly [sync: `sources/${string}/sync`]: Sync;
  readonly [told: `sources/${string}/contents`]: SourceContents;
  readonly [contents: `batches/${number}/contents`]: BatchContents;
  readonly [breakdown: `breakdown/${string}`]: BreakdownAnswer;
  readonly [lead: `leads/${string}`]: LeadAnswer;
}

/** One thing in which two agreements differ, in the reader's language. */
export interface AgreementChange {
  readonly code: string;
  readonly text: string;
  readonly owner: string | null;
  readonly counts: boolean;
}

/** A fault as the server words it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly hint: string | null;
  readonly code: string;

  constructor(message: string, hint: string | null, code: string) {
    super(message);
    this.hint = hint;
    this.code = code;
  }
}

export function addressOf(path: string, parameters: Parameters): string {
  const text = queryText(parameters);
  const token = sharedToken();
  return `/v1/${token === null ? '' : `shared/${token}/`}${path}${text === '' ? '' : `?${text}`}`;
}

function textOf(body: unknown, name: string): string | null {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : null;
  return typeof value === 'string' ? value : null;
}

async function refusal(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  return new ApiError(
    textOf(body, 'message') ?? response.statusText,
    textOf(body, 'hint'),
    textOf(body, 'code') ?? '',
  );
}

/** Says whether two ids are one lead's. */
export async function decideIdentity(decision: IdentityDecision): Promise<void> {
  const response = await fetch('/v1/identity/decisions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(decision),
  });
  if (!response.ok) throw await refusal(response);
}

/** What the head of the page names is fetched as soon as there is a script to do so, before it is known who asks it. */
const early = new Map<string, Promise<Response | null>>(
  [...document.querySelectorAll('link[rel="preload"][as="fetch"]')].flatMap((link) => {
    const address = link.getAttribute('href');
    // What went wrong before anybody asked may go well then.
    return address === null ? [] : [[address, fetch(address).catch(() => null)]];
  }),
);

/** The response that was fetched early, once; any other is asked for. */
async function responseTo(address: string, signal: AbortSignal | undefined): Promise<Response> {
  const response = await early.get(address);
  early.delete(address);
  return response ?? fetch(address, signal ? { signal } : {});
}

/** Asks the server of these same sources; its answers have the types of its schemas. */
export async function ask<Path extends keyof Answers>(
  path: Path,
  parameters: Parameters,
  signal?: AbortSignal,
): Promise<Answers[Path]> {
  const response = await responseTo(addressOf(path, parameters), signal);
  if (!response.ok) throw await refusal(response);
  const answer: Answers[Path] = await response.json();
  return answer;
}

/** Changes something on the server; what it answers, where it answers something. */
export async function send(
  method: 'POST' | 'DELETE',
  path: string,
  language: string,
  body?: object,
): Promise<unknown> {
  const response = await fetch(`/v1/${path}?lang=${language}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw await refusal(response);
  return response.status === 204 ? null : response.json();
}

/** What the link of this page shows. */
export async function askShared(
  language: string,
): Promise<Pick<Share, 'name' | 'screen' | 'state' | 'expires_at'>> {
  const response = await fetch(`/v1/shared/${sharedToken() ?? ''}?lang=${language}`);
  if (!response.ok) throw await refusal(response);
  const shared: Pick<Share, 'name' | 'screen' | 'state' | 'expires_at'> = await response.json();
  return shared;
}

/** A question as it is kept with its answer. */
function kept<Path extends keyof Answers>(
  path: Path,
  all: Parameters,
): {
  readonly queryKey: readonly [Path, Parameters];
  readonly queryFn: (asked: { readonly signal: AbortSignal }) => Promise<Answers[Path]>;
} {
  return { queryKey: [path, all], queryFn: ({ signal }) => ask(path, all, signal) };
}

/** Asks before anything is drawn what a screen will ask with `useAnswer`. */
export function askAhead<Path extends keyof Answers>(
  queries: QueryClient,
  path: Path,
  all: Parameters,
): Promise<Answers[Path]> {
  return queries.ensureQueryData(kept(path, all));
}

/** A question to the server, asked again when its parameters change; what was shown stays until then. */
export function useAnswer<Path extends keyof Answers>(
  path: Path,
  parameters: Parameters = {},
  enabled = true,
): UseQueryResult<Answers[Path]> {
  const { language } = useReading();
  // Whatever is asked is asked as of the day that the address names.
  const as_of = useSearch({ strict: false, select: (state) => state.as_of });
  return useQuery({
    ...kept(path, askedWith(parameters, as_of, language)),
    placeholderData: (before) => before,
    enabled,
  });
}
