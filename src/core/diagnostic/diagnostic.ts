/** Where in a text a fault stands. Lines and columns count from 1. */
export interface Place {
  readonly file?: string;
  readonly line: number;
  readonly column: number;
}

/** Where a character of a text stands in the file that holds the text. */
export type Locate = (offset: number) => Place;

export type Severity = 'error' | 'warning';

export type DiagnosticParameter = string | number | boolean;

/**
 * A fault or warning that a user can mend. It carries no wording: `code` names its message (and, with the
 * suffix `.hint`, its mend) in the message catalogues, which `params` fill.
 */
export interface Diagnostic {
  readonly kind: 'diagnostic';
  readonly code: string;
  readonly severity: Severity;
  readonly at?: Place;
  readonly params: Readonly<Record<string, DiagnosticParameter>>;
}

export function fault(
  code: string,
  params: Readonly<Record<string, DiagnosticParameter>> = {},
  at?: Place,
): Diagnostic {
  return { kind: 'diagnostic', code, severity: 'error', params, ...(at ? { at } : {}) };
}

export function warning(
  code: string,
  params: Readonly<Record<string, DiagnosticParameter>> = {},
  at?: Place,
): Diagnostic {
  return { kind: 'diagnostic', code, severity: 'warning', params, ...(at ? { at } : {}) };
}
