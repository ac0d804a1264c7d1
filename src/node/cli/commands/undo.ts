import type { Command } from 'commander';
import { fault } from '../../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../../core/diagnostic/errors.ts';
import { terminalOf, valueOf, withWorkspace } from '../session.ts';
import { table } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { wholeNumber } from './whole-number.ts';

export const undoCommand: CommandMaker = (program, translate) => {
  program
    .command('undo [batch]')
    .description(translate('cli.undo'))
    .option('--source <name>', translate('cli.option.undo_source'))
    .action(async (batch: string | undefined, { source }: { source?: string }, self: Command) => {
      const terminal = terminalOf(self);
      if ((batch === undefined) === (source === undefined)) throw new FaultError([fault('cli.undo_what')]);
      await withWorkspace(self, async (workspace) => {
        if (source !== undefined) {
          const undone = valueOf(await workspace.undoSource(source));
          tell(terminal, undone, [terminal.translate('cli.undo.all_done', { ...undone })]);
          return;
        }
        const undone = valueOf(await workspace.undo(wholeNumber('batch', batch ?? '')));
        const { file, entry, rewound, mended_by: mends } = undone;
        tell(terminal, undone, [
          terminal.translate('cli.undo.done', { batch: entry, file }),
          ...(mends > 0 ? [terminal.translate('cli.undo.mends', { mends })] : []),
          ...(rewound ? [terminal.translate('cli.undo.rewound', { source: undone.source })] : []),
        ]);
      });
    });
};

function tell(terminal: Terminal, answer: object, [first = '', ...rest]: readonly string[]): void {
  if (terminal.json) {
    terminal.out(JSON.stringify(answer));
    return;
  }
  terminal.out(`${terminal.colours.green('✓')} ${first}`);
  for (const line of rest) terminal.out(`  ${line}`);
}

const COUNTS = ['rows_read', 'accepted', 'unchanged', 'rejected'] as const;

export const batchesCommand: CommandMaker = (program, translate) => {
  program
    .command('batches')
    .description(translate('cli.batches'))
    .action(async (_options: unknown, self: Command) => {
      const terminal = terminalOf(self);
      await withWorkspace(self, async (workspace) => {
        const batches = await workspace.batches();
        if (terminal.json) {
          terminal.out(JSON.stringify({ batches }));
          return;
        }
        if (batches.length === 0) {
          terminal.out(terminal.translate('cli.batches.none'));
          return;
        }
        const words = ['entry', 'source', 'file', ...COUNTS].map((name) =>
          terminal.translate(`cli.batches.${name}`),
        );
        const columns = words.map((title, nth) => ({
          title,
          align: nth === 1 || nth === 2 ? ('left' as const) : ('right' as const),
        }));
        const rows = batches.map((batch) =>
          ['entry', 'source', 'file', ...COUNTS].map((name) => String(batch[name] ?? '')),
        );
        for (const line of table(columns, rows)) terminal.out(line);
      });
    });
};
