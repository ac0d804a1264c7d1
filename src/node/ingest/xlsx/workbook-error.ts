import type { DiagnosticParameter } from '../../../core/diagnostic/diagnostic.ts';

/** Why a workbook cannot be read: the code of a diagnostic, whose `file` is told by who knows its name. */
export class WorkbookError extends Error {
  override readonly name = 'WorkbookError';
  readonly code: string;
  readonly params: Readonly<Record<string, DiagnosticParameter>>;

  constructor(
    code: string,
    params: Readonly<Record<string, DiagnosticParameter>> = {},
    options?: ErrorOptions,
  ) {
    super(`${code} ${Object.values(params).join(' ')}`.trim(), options);
    this.code = code;
    this.params = params;
  }
}

export function damaged(detail: string, cause?: unknown): WorkbookError {
  return new WorkbookError('ingest.damaged_workbook', { detail }, { cause });
}
