import { Worker } from 'node:worker_threads';
import { inPackage } from '../../package-folder.ts';
import type { WorkbookMessage, WorkbookTask } from './messages.ts';
import type { SheetRow } from './sheet-rows.ts';
import { WorkbookError } from './workbook-error.ts';

/** Of the thread that reads a workbook. */
const MEMORY_MB = 1024;
const MOST_MINUTES = 10;

/** The sources are no JavaScript: what was built of them is run. */
const WORKER = inPackage('dist', 'src', 'node', 'ingest', 'xlsx', 'worker.js');

export interface SheetChoice {
  readonly name: string;
  readonly others: readonly string[];
  readonly is1904: boolean;
}

/**
 * The rows of a workbook's sheet, read in a thread with a cap on its memory and its time. Throws a
 * `WorkbookError` for what cannot be read.
 */
export async function* workbookRows(
  task: WorkbookTask,
  onSheet: (sheet: SheetChoice) => void = () => undefined,
): AsyncGenerator<SheetRow> {
  const worker = new Worker(WORKER, {
    workerData: task,
    // What this process was started with is not meant for it.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: 64 },
    stdout: false,
    stderr: false,
  });
  const inbox = new Inbox(worker);
  const deadline = setTimeout(
    () => inbox.fail('ingest.workbook_too_slow', MOST_MINUTES),
    MOST_MINUTES * 60_000,
  );
  try {
    for (;;) {
      const message = await inbox.next();
      switch (message.kind) {
        case 'sheet':
          onSheet(message);
          break;
        case 'rows':
          yield* message.rows;
          worker.postMessage('more');
          break;
        case 'fault':
          throw new WorkbookError(message.code, message.params);
        case 'end':
          return;
      }
    }
  } finally {
    clearTimeout(deadline);
    await worker.terminate();
  }
}

/** What a worker has told and nobody has taken yet. */
class Inbox {
  readonly #messages: WorkbookMessage[] = [];
  #error: unknown = null;
  #wake: () => void = () => undefined;

  constructor(worker: Worker) {
    worker.on('message', (message: WorkbookMessage) => {
      this.#messages.push(message);
      this.#wake();
    });
    worker.on('error', (error) => {
      const isMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      if (isMemory) this.fail('ingest.workbook_too_large', 4);
      else this.#stop(error);
    });
    worker.on('exit', () => this.#stop(new Error('the reader of a workbook ended early')));
  }

  fail(code: string, most: number): void {
    this.#stop(new WorkbookError(code, { most }));
  }

  async next(): Promise<WorkbookMessage> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      if (this.#error !== null) throw this.#error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #stop(error: unknown): void {
    this.#error ??= error;
    this.#wake();
  }
}
