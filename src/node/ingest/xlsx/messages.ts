import type { DiagnosticParameter } from '../../../core/diagnostic/diagnostic.ts';
import type { SheetRow } from './sheet-rows.ts';

/** What a worker is asked for. */
export interface WorkbookTask {
  readonly path: string;
  /** The sheet to read; null: the first that has something in it. */
  readonly sheet: string | null;
  /** Rows after which no more are wanted; null: all. */
  readonly most: number | null;
}

/** What a worker tells, in this order: the sheet, its rows in batches, the end; or a fault. */
export type WorkbookMessage =
  | {
      readonly kind: 'sheet';
      readonly name: string;
      /** Others that have something in them and are not read. */
      readonly others: readonly string[];
      readonly is1904: boolean;
    }
  | { readonly kind: 'rows'; readonly rows: readonly SheetRow[] }
  | { readonly kind: 'end' }
  | {
      readonly kind: 'fault';
      readonly code: string;
      readonly params: Readonly<Record<string, DiagnosticParameter>>;
    };
