import type { Command } from 'commander';
import { terminalOf, valueOf, withWorkspace } from '../session.ts';
import { table } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { wholeNumber } from './whole-number.ts';

export const undoCommand: CommandMaker = (program, translate) => {
  program
    .command('undo <batch>')
    .description(translate('cli.undo'))
    .action(async (batch: string, _options: unknown, self: Command) => {
      const terminal = terminalOf(self);
      const number = wholeNumber('batch', batch);
      await withWorkspace(self, async (workspace) => {
        const undone = valueOf(await workspace.undo(number));
        if (terminal.json) {
          terminal.out(JSON.stringify(undone));
          return;
        }
        const { file, source, rewound } = undone;
        terminal.out(
          `${terminal.colours.green('✓')} ${terminal.translate('cli.undo.done', { batch: number, file })}`,
        );
        if (rewound) terminal.out(`  ${terminal.translate('cli.undo.rewound', { source })}`);
      });
    });
};

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
