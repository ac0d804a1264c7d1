/** What the server says of where data come from; the shapes of its descriptions. */

export const SOURCE_KINDS = ['files', 'api', 'form', 'meta', 'tap', 'postgresql', 'mysql'] as const;

export interface Source {
  readonly name: string;
  readonly kind: (typeof SOURCE_KINDS)[number];
  readonly path: string | null;
  readonly command: string | null;
  readonly batches: number;
  readonly rows_read: number;
  readonly accepted: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly open_rejects: number;
  readonly last: { readonly batch: number; readonly file: string; readonly at: string } | null;
  readonly synced_at: string | null;
  readonly newest: {
    readonly leads: string | null;
    readonly activities: string | null;
    readonly ads: string | null;
  };
  readonly waiting: number;
  readonly problem: string | null;
}

export interface Batch {
  readonly batch: number;
  readonly source: string;
  readonly file: string;
  readonly at: string;
  readonly rows_read: number;
  readonly accepted: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly open_rejects: number;
  readonly mends: { readonly batch: number; readonly rows: number } | null;
}

export interface BatchContents {
  readonly batch: number;
  readonly file: string;
  readonly source: string;
  readonly leads: number;
  readonly changed_leads: number;
  readonly activities: number;
  readonly ad_rows: number;
  readonly rejected: number;
  readonly later: number;
}

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly revoked_at: string | null;
}

export interface Reject {
  readonly entry: number;
  readonly line: number;
  readonly column: string | null;
  readonly value: string | null;
  readonly code: string;
  readonly reason: string;
  readonly row: Readonly<Record<string, string | null>>;
  readonly source: string;
  readonly file: string;
  /** False of what is told again from where it came. */
  readonly mendable: boolean;
}

export interface RejectPage {
  readonly rejects: readonly Reject[];
  readonly total: number;
  readonly reasons: readonly { readonly code: string; readonly rows: number }[];
}
