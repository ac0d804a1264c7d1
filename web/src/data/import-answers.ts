/** What the server says of files that are being imported; the shapes of its answers. */

export const KINDS = ['leads', 'activities', 'ads'] as const;
export type Kind = (typeof KINDS)[number];

export interface Told {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

type Cell = string | number | boolean | null;

export interface ImportPlan {
  readonly format: Readonly<Record<string, string | number>>;
  readonly timezone: string;
  readonly dates: string;
  readonly decimal: string;
  readonly records: readonly {
    readonly kind: Kind;
    readonly when: string | null;
    readonly columns: Readonly<Record<string, readonly string[]>>;
    readonly constants: Readonly<Record<string, string>>;
  }[];
  readonly samples: Readonly<Partial<Record<Kind, readonly Readonly<Record<string, Cell>>[]>>>;
}

export interface ImportReport {
  readonly entry: number;
  readonly source: string;
  readonly rowsRead: number;
  readonly accepted: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly byReason: Readonly<Record<string, number>>;
  readonly leftOut?: Readonly<Record<string, number>>;
  readonly known: boolean;
  readonly kept: boolean;
  readonly warnings: readonly Told[];
  readonly examples: readonly {
    readonly line: number;
    readonly code: string;
    readonly value: string | null;
    readonly reason: string;
  }[];
  readonly recognised?: {
    readonly by: 'preset' | 'mapping' | 'names' | 'rejects';
    readonly name: string;
    readonly unknown: readonly string[];
    readonly free: readonly string[];
    readonly asks: readonly string[];
    /** Stages of a pipeline of which nothing is known yet. */
    readonly stages?: readonly string[];
  };
  readonly plan?: ImportPlan;
  /** Of refused rows that were corrected: a report of each load whose rows they are. */
  readonly mended?: {
    readonly reports: readonly (ImportReport & { readonly file: string })[];
    readonly untouched: number;
    readonly unknown: number;
  };
}

export interface ImportHead {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly suggestion: {
    readonly kind: Kind;
    readonly columns: Readonly<Record<Kind, Readonly<Record<string, string>>>>;
  };
  readonly names: Readonly<Record<Kind, readonly string[]>>;
}

export interface PlannedFile {
  readonly id: string;
  readonly name: string | null;
  readonly order: number;
  readonly report: ImportReport | null;
  readonly errors: readonly Told[];
  readonly head: ImportHead | null;
}

export interface LoadedFile {
  readonly id: string;
  readonly name: string;
  readonly state: 'waiting' | 'loading' | 'loaded' | 'refused';
  readonly progress: {
    readonly phase: 'receiving' | 'recognising' | 'reading' | 'counting';
    readonly done: number;
    readonly total: number | null;
  } | null;
  readonly report: ImportReport | null;
  readonly errors: readonly Told[];
}

export interface RunningLoad {
  readonly load: string;
  readonly done: boolean;
  readonly files: readonly LoadedFile[];
}

/** What somebody said of a file. */
export interface Choice {
  /** As it was sent. */
  readonly name?: string;
  readonly answers: Readonly<Record<string, string>>;
  /** The text of a mapping, and whether it is kept for the next files of its source. */
  readonly mapping?: string;
  readonly remember?: boolean;
}

export const NO_CHOICE: Choice = { answers: {} };

/** True of a file that can be loaded as it stands. */
export function isReady(plan: PlannedFile | undefined): boolean {
  return plan?.report != null && (plan.report.recognised?.asks.length ?? 0) === 0;
}
