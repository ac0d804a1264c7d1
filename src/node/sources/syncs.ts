import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import type { LoadReport } from '../app/load-events.ts';
import type { Workspace } from '../app/workspace.ts';
import { readSourceInto } from './read-source.ts';
import type { Reading } from './reading.ts';
import type { SourceConfig } from './source-config.ts';

/** How a reading that was asked for stands. */
export interface SyncStanding {
  readonly source: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly isDone: boolean;
  /** That the source has told so far. */
  readonly records: number;
  readonly warnings: readonly Diagnostic[];
  /** Null until it is done, and where it could not begin. */
  readonly report: LoadReport | null;
  readonly faults: readonly Diagnostic[];
}

/**
 * The readings of configured sources that pages asked for since the server started, the last one of each source:
 * they go on when the page is left.
 */
export class Syncs {
  readonly #workspace: Workspace;
  readonly #report: (error: unknown) => void;
  readonly #known = new Map<string, SyncStanding>();
  readonly #open = new Map<string, Reading>();
  readonly #running = new Set<Promise<void>>();

  /** @param report told of our own faults */
  constructor(workspace: Workspace, report: (error: unknown) => void) {
    this.#workspace = workspace;
    this.#report = report;
  }

  find(source: string): SyncStanding | null {
    return this.#known.get(source) ?? null;
  }

  /** Begins to read a source. Throws a `FaultError` where it is being read already. */
  start(config: SourceConfig, isFull: boolean): SyncStanding {
    const { name: source } = config;
    if (this.find(source)?.isDone === false) throw new FaultError([fault('load.busy', { source })]);
    const begun: SyncStanding = {
      source,
      startedAt: new Date().toISOString(),
      isDone: false,
      records: 0,
      warnings: [],
      report: null,
      faults: [],
    };
    this.#known.set(source, begun);
    const running = this.#run(config, isFull).finally(() => {
      this.#open.delete(source);
      this.#running.delete(running);
    });
    this.#running.add(running);
    return begun;
  }

  /** Ends what is being read; what was kept of it stays, and the next reading goes on from there. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((reading) => reading.close()));
    await Promise.all(this.#running);
  }

  async #run(config: SourceConfig, isFull: boolean): Promise<void> {
    const { name } = config;
    const change = (part: Partial<SyncStanding>): void => {
      const before = this.#known.get(name);
      if (before !== undefined) this.#known.set(name, { ...before, ...part });
    };
    try {
      const { report, faults } = await readSourceInto(this.#workspace, config, {
        isFull,
        onOpen: (reading) => this.#open.set(name, reading),
        tell: (event) => {
          if (event.kind === 'records') change({ records: event.records });
          if (event.kind === 'warning')
            change({ warnings: [...(this.find(name)?.warnings ?? []), event.warning] });
        },
      });
      change({ isDone: true, records: report.rowsRead, report, faults });
    } catch (error) {
      if (!(error instanceof FaultError)) this.#report(error);
      change({
        isDone: true,
        faults: error instanceof FaultError ? error.faults : [fault('server.failed')],
      });
    }
  }
}
