/** A row that was refused, as it stood, and why. */
export interface Reject {
  readonly entry: number;
  readonly line: number;
  readonly column: string | null;
  readonly value: string | null;
  readonly code: string;
  readonly row: Readonly<Record<string, string | null>>;
}
