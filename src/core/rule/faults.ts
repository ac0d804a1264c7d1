import { fault } from '../diagnostic/diagnostic.ts';
import type { Diagnostic, DiagnosticParameter, Locate, Place } from '../diagnostic/diagnostic.ts';
import { FaultError } from '../diagnostic/errors.ts';

/** Turns offsets in a rule's text into places of the file that holds it. */
export class RuleText {
  readonly source: string;
  readonly #locate: Locate;

  constructor(source: string, locate: Locate | undefined) {
    this.source = source;
    this.#locate = locate ?? ((offset) => placeWithin(source, offset));
  }

  place(offset: number): Place {
    return this.#locate(offset);
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

/** The place in the text itself, where it stands in no file. */
function placeWithin(source: string, offset: number): Place {
  const lines = source.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
