import { randomBytes } from 'node:crypto';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { ImportProgress, TellProgress } from '../app/import-progress.ts';
import type { ImportReport } from '../app/workspace.ts';

/** A file of a load, and how it stands. */
export interface LoadedFile {
  readonly id: string;
  readonly name: string;
  readonly state: 'waiting' | 'loading' | 'loaded' | 'refused';
  readonly progress: ImportProgress | null;
  readonly report: ImportReport | null;
  readonly faults: readonly Diagnostic[];
}

export interface RunningLoad {
  readonly id: string;
  readonly isDone: boolean;
  readonly files: readonly LoadedFile[];
}

/** One file to be loaded. */
export interface LoadTask {
  readonly id: string;
  readonly name: string;
  readonly work: (tell: TellProgress) => Promise<Result<ImportReport>>;
}

const MOST_KEPT = 50;

/**
 * Loads that run or ran since the server started, to be followed by whoever knows their ids: they go on when
 * the page that began them is left.
 */
export class ImportLoads {
  readonly #known = new Map<string, RunningLoad>();

  find(id: string): RunningLoad | null {
    return this.#known.get(id) ?? null;
  }

  /**
   * Loads files one after the other; a fault of one keeps no other from coming.
   *
   * @returns the id to follow it by, and its end
   */
  start(
    tasks: readonly LoadTask[],
    id: string = randomBytes(9).toString('base64url'),
  ): { readonly id: string; readonly ended: Promise<RunningLoad> } {
    const files: LoadedFile[] = tasks.map((task) => ({
      id: task.id,
      name: task.name,
      state: 'waiting',
      progress: null,
      report: null,
      faults: [],
    }));
    const tell = (isDone: boolean): RunningLoad => {
      const load = { id, isDone, files: [...files] };
      this.#known.set(id, load);
      return load;
    };
    const change = (nth: number, part: Partial<LoadedFile>): void => {
      const file = files[nth];
      if (file === undefined) return;
      files[nth] = { ...file, ...part };
      tell(false);
    };
    tell(false);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_KEPT && oldest !== undefined) this.#known.delete(oldest);
    const run = async (): Promise<RunningLoad> => {
      try {
        for (const [nth, task] of tasks.entries()) {
          change(nth, { state: 'loading' });
          const result = await task.work((progress) => change(nth, { progress }));
          change(
            nth,
            result.ok
              ? { state: 'loaded', report: result.value }
              : { state: 'refused', faults: result.faults },
          );
        }
        return tell(true);
      } catch (error) {
        const nth = files.findIndex(({ state }) => state === 'loading');
        change(nth, { state: 'refused', faults: [fault('server.failed')] });
        tell(true);
        throw error;
      }
    };
    return { id, ended: run() };
  }
}
