import { InvariantError } from '../../core/diagnostic/errors.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import type { LoadEvent, LoadReport } from '../app/load-events.ts';
import type { Workspace } from '../app/workspace.ts';
import { openSource } from './open-source.ts';
import type { Reading } from './reading.ts';
import type { SourceConfig } from './source-config.ts';

export interface ReadOptions {
  /** From its beginning, whatever was read before. */
  readonly isFull: boolean;
  /** Told all but the end. */
  readonly tell: (event: Exclude<LoadEvent, { kind: 'end' }>) => void;
  /** Given what is read, for who may have to end it before its time. */
  readonly onOpen?: ((reading: Reading) => void) | undefined;
}

/** What became of a reading: the faults are those of the source and of what it said. */
export interface EndedLoad {
  readonly report: LoadReport;
  readonly faults: readonly Diagnostic[];
}

/** Reads a configured source into the workspace, from its state on. Throws a `FaultError` where it cannot begin. */
export async function readSourceInto(
  workspace: Workspace,
  config: SourceConfig,
  { isFull, tell, onOpen }: ReadOptions,
): Promise<EndedLoad> {
  const { name } = config;
  const [state, passedOver] = isFull
    ? [null, []]
    : await Promise.all([workspace.sourceState(name), workspace.passedOver(name)]);
  const reading = await openSource(config, workspace.home, { state, passedOver });
  // A tap goes on where its own state says; a table is read from its beginning until something reads it.
  const isWhole = isFull || config.kind !== 'tap';
  onOpen?.(reading);
  let befallen: readonly Diagnostic[] = [];
  let ended: EndedLoad | null = null;
  try {
    const { format, content } = reading;
    for await (const event of workspace.load({ format, source: name, content })) {
      if (event.kind === 'end') ended = event;
      else if (!(isWhole && event.kind === 'warning' && event.warning.code === 'load.passed_before'))
        tell(event);
    }
  } finally {
    befallen = await reading.close();
  }
  if (ended === null) throw new InvariantError('a load without an end');
  return { report: ended.report, faults: [...befallen, ...ended.faults] };
}
