import type { ImportProgress } from '../app/import-progress.ts';
import { numberFormat } from '../../core/diagnostic/numbers.ts';
import { bar, fit } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/** Where a line can be written over: a terminal. */
export interface ProgressOutput {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

const BETWEEN_MS = 100;
const BAR_WIDTH = 16;

/** How far an import is, on one line that is written over; nothing where no terminal is there to see it. */
export class ProgressLine {
  readonly #terminal: Terminal;
  readonly #output: ProgressOutput;
  readonly #isShown: boolean;
  #told = -Infinity;
  #phase = '';
  #isWritten = false;

  constructor(terminal: Terminal, output: ProgressOutput = process.stderr) {
    this.#terminal = terminal;
    this.#output = output;
    this.#isShown = output.isTTY === true && !terminal.json && !terminal.quiet;
  }

  /** Where to tell the progress of a file; undefined where nobody sees it. */
  of(file: string): ((progress: ImportProgress) => void) | undefined {
    return this.#isShown ? (progress) => this.#tell(file, progress) : undefined;
  }

  /** Takes the line away, so that what follows stands where it was. */
  clear(): void {
    if (this.#isWritten) this.#output.write('\r\u001b[K');
    this.#isWritten = false;
    this.#told = -Infinity;
  }

  #tell(file: string, { phase, done, total }: ImportProgress): void {
    const now = performance.now();
    const isOver = total !== null && done >= total;
    if (phase === this.#phase && !isOver && now - this.#told < BETWEEN_MS) return;
    this.#phase = phase;
    this.#told = now;
    this.#isWritten = true;
    const { translate, language, width } = this.#terminal;
    const format = numberFormat(language, 'USD', 'UTC');
    const words = translate(`cli.import.phase.${phase}`, {
      done: phase === 'receiving' ? megabytes(done, language) : format.count(done),
      total: phase === 'receiving' ? megabytes(total ?? 0, language) : format.count(total ?? 0),
      known: total === null ? 'no' : 'yes',
    });
    const drawn = total === null || total === 0 ? '' : `  ${bar(done / total, BAR_WIDTH)}`;
    this.#output.write(`\r${fit(`${file}  ${words}${drawn}`, width - 1).trimEnd()}\u001b[K`);
  }
}

function megabytes(bytes: number, language: string): string {
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: 'megabyte',
    maximumFractionDigits: 1,
  }).format(bytes / 1e6);
}
