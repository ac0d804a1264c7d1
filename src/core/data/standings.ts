import type { Reject } from './reject.ts';

/** What a source brought, and how fresh it is. Instants are ISO 8601 in UTC. */
export interface SourceStanding {
  readonly name: string;
  readonly batches: number;
  readonly rows_read: number;
  readonly accepted: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Refused rows that nobody has mended yet. */
  readonly open_rejects: number;
  readonly last: { readonly batch: number; readonly file: string; readonly at: string };
  /** The newest creation of a lead, activity and day of an ad that it told and that stands; null: none. */
  readonly newest: {
    readonly leads: string | null;
    readonly activities: string | null;
    readonly ads: string | null;
  };
}

/** A batch, as the list of loads shows it. */
export interface BatchStanding {
  readonly batch: number;
  readonly source: string;
  readonly file: string;
  readonly at: string;
  readonly rows_read: number;
  readonly accepted: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly open_rejects: number;
  /** The rows that it tells anew: of which batch, and how many. */
  readonly mends: { readonly batch: number; readonly rows: number } | null;
}

/** What would be gone with a batch, or with all of a source. */
interface Contents {
  readonly source: string;
  /** Leads that nothing else tells. */
  readonly leads: number;
  /** Leads of which it tells something and others do as well: they are as without it. */
  readonly changed_leads: number;
  readonly activities: number;
  readonly ad_rows: number;
  readonly rejected: number;
  /** Batches that came later and stay, which are read again as if it had never come. */
  readonly later: number;
}

export interface BatchContents extends Contents {
  readonly batch: number;
  /** Batches that told rows of it with other values, which go with it and are counted in. */
  readonly mended_by: number;
  readonly file: string;
}

export interface SourceContents extends Contents {
  readonly batches: number;
}

/** Which refused rows. */
export interface RejectFilter {
  readonly batch?: number | undefined;
  readonly source?: string | undefined;
  readonly code?: string | undefined;
}

export interface RejectQuestion extends RejectFilter {
  /** Of a page, 1 to 10,000; left out: 1,000. */
  readonly most?: number | undefined;
  /** What the page before gave as `next`. */
  readonly after?: string | undefined;
}

/** Refused rows in one answer. */
export const MOST_REJECTS = 10_000;

/** A refused row with what it is of. */
export interface OpenReject extends Reject {
  readonly source: string;
  readonly file: string;
  /** False of what a program, a form or a tap told: it is told again by these. */
  readonly mendable: boolean;
}

export interface RejectPage {
  readonly rejects: readonly OpenReject[];
  /** To be given as `after` for those that follow; null: there are none. */
  readonly next: string | null;
  /** Of the question, however many are given. */
  readonly total: number;
  /** Of the question without its code: how many of each reason. */
  readonly reasons: readonly { readonly code: string; readonly rows: number }[];
}

/** What has come in, from where, and what of it was refused. */
export interface DataStandings {
  /** Every source that brought something, the one that came last first. */
  sources(): Promise<readonly SourceStanding[]>;
  /** When a tap or database was read last, by source: ISO 8601 UTC. */
  synced(): ReadonlyMap<string, string>;
  /** The latest batches, the last first; of one source where it is named. */
  batches(most: number, source?: string): Promise<readonly BatchStanding[]>;
  /** What would be gone with a batch; null where there is none that counts. */
  contents(batch: number): Promise<BatchContents | null>;
  /** What would be gone with all that a source told; null where nothing of it counts. */
  contentsOfSource(source: string): Promise<SourceContents | null>;
}
