import type {
  OpenReject,
  RejectPage as RejectStandings,
  SourceStanding,
} from '../../../src/core/data/standings.ts';

/** What the server says of where data come from; the shapes of its descriptions. */

export const SOURCE_KINDS = ['files', 'api', 'form', 'meta', 'tap', 'postgresql', 'mysql'] as const;

export interface Source extends Omit<SourceStanding, 'last'> {
  readonly kind: (typeof SOURCE_KINDS)[number];
  readonly path: string | null;
  readonly command: string | null;
  readonly last: SourceStanding['last'] | null;
  readonly synced_at: string | null;
  /** It is being read because a page asked for it. */
  readonly syncing: boolean;
  readonly waiting: number;
  readonly problem: string | null;
}

/** How the reading of a configured source stands that a page asked for. */
export interface Sync {
  readonly source: string;
  readonly started_at: string;
  readonly done: boolean;
  readonly records: number;
  readonly report: {
    readonly rowsRead: number;
    readonly accepted: number;
    readonly unchanged: number;
    readonly rejected: number;
    readonly withdrawn: number;
    readonly unmapped: readonly { readonly stream: string; readonly records: number }[];
  } | null;
  readonly warnings: readonly { readonly message: string; readonly hint: string | null }[];
  readonly errors: readonly { readonly message: string; readonly hint: string | null }[];
}

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly revoked_at: string | null;
}

/** A refused row, with its reason in the reader's language. */
export interface Reject extends OpenReject {
  readonly reason: string;
}

export interface RejectPage extends Omit<RejectStandings, 'rejects'> {
  readonly rejects: readonly Reject[];
}
