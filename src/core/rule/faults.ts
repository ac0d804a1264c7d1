import { fault } from '../diagnostic/diagnostic.ts';
import type { Diagnostic, DiagnosticParameter, Place } from '../diagnostic/diagnostic.ts';
import { FaultError } from '../diagnostic/errors.ts';

/** Turns offsets in a rule's text into places of the file that holds it. */
export class RuleText {
  readonly source: string;
  readonly #start: Place;

  constructor(source: string, start: Place | undefined) {
    this.source = source;
    this.#start = start ?? { line: 1, column: 1 };
  }

  place(offset: number): Place {
    const before = this.source.slice(0, offset);
    const breaks = before.split('\n');
    const line = this.#start.line + breaks.length - 1;
    const last = breaks.at(-1)?.length ?? 0;
    const column = breaks.length === 1 ? this.#start.column + last : last + 1;
    return { ...(this.#start.file === undefined ? {} : { file: this.#start.file }), line, column };
  }

  fault(
    code: string,
    offset: number,
    params: Readonly<Record<string, DiagnosticParameter>> = {},
  ): Diagnostic {
    return fault(code, params, this.place(offset));
  }

  /** Ends the check of a part that makes no sense; the caller gathers it and goes on elsewhere. */
  refuse(code: string, offset: number, params: Readonly<Record<string, DiagnosticParameter>> = {}): never {
    throw new FaultError([this.fault(code, offset, params)]);
  }
}
