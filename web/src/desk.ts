/** What stands in the address of a screen, as the server keeps it. */
export type KeptState = Readonly<Record<string, string | readonly string[]>>;

/** What a meeting said of a chart, and of which question it said it. */
export interface Note {
  readonly id: string;
  readonly chart: string;
  readonly text: string;
  readonly state: KeptState;
  readonly created_at: string;
}

/** A screen by a name. */
export interface SavedView {
  readonly id: string;
  readonly name: string;
  readonly screen: string;
  readonly state: KeptState;
  readonly created_at: string;
}

/** A link that needs no account. */
export interface Share {
  readonly id: string;
  readonly name: string;
  readonly screen: 'panorama' | 'breakdowns';
  readonly state: KeptState;
  readonly created_at: string;
  readonly expires_at: string;
  readonly revoked_at: string | null;
  readonly last_seen_at: string | null;
}

/** The members of an address that are set, as they are kept. */
export function keptState(state: Readonly<Record<string, unknown>>): KeptState {
  const kept: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(state)) {
    if (typeof value === 'string') kept[name] = value;
    else if (Array.isArray(value)) kept[name] = value.map(String);
  }
  return kept;
}
