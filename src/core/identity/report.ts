import type { Rung } from './rungs.ts';

/** Why two ids that share a key are not joined without asking. */
export const DOUBTS = ['shared', 'name', 'emails', 'several'] as const;
export type Doubt = (typeof DOUBTS)[number];

/** One of two ids that may be one lead's. */
export interface PairedId {
  readonly id: string;
  /** ISO 8601 UTC: its creation, or when its first record happened. */
  readonly at: string | null;
  /** The source that brought it; null where nothing is known of it. */
  readonly source: string | null;
  /** The e-mails, phones and names that its latest records bring, by field. */
  readonly contact: Readonly<Record<string, string>>;
}

/** Two ids that share a key, which alone does not tell that they are one lead's. */
export interface IdentityPair {
  readonly source: PairedId;
  readonly lead: PairedId;
  /** The rung that they share. */
  readonly rung: Rung;
  readonly doubt: Doubt;
}

export interface IdentityReport {
  /** Ids that are not leads' own. */
  readonly ids: number;
  /** How many of them are a lead's, by the rung that tells. */
  readonly joined: Readonly<Partial<Record<Rung, number>>>;
  /** Those that are leads by themselves: they have a creation of their own. */
  readonly alone: number;
  /** Those whose lead is not known yet. */
  readonly waiting: number;
  /** How many pairs there are to decide. */
  readonly doubtful: number;
  /** The first of them. */
  readonly pairs: readonly IdentityPair[];
  readonly confirmed: number;
  readonly rejected: number;
  /** Of phones without a country code; null: these are not compared. */
  readonly country: string | null;
}

export type IdentityVerdict = 'confirm' | 'reject';

export interface IdentityDecision {
  readonly source_id: string;
  readonly lead_id: string;
  readonly verdict: IdentityVerdict;
}
