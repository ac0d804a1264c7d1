import type { Command } from 'commander';
import { readSourceInto } from '../../sources/read-source.ts';
import { readSource } from '../../sources/source-config.ts';
import { homeOf, terminalOf, valueOf, withWorkspace } from '../session.ts';
import { tellFaults, tellWarnings } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { loadBody, reportLines, statusOfLoad } from './load.ts';

interface SyncOptions {
  readonly full?: boolean;
  readonly strict?: boolean;
}

export const syncCommand: CommandMaker = (program, translate) => {
  program
    .command('sync <source>')
    .description(translate('cli.sync'))
    .option('--full', translate('cli.option.full'))
    .option('--strict', translate('cli.option.load_strict'))
    .action(async (name: string, options: SyncOptions, self: Command) => {
      const terminal = terminalOf(self);
      const home = await homeOf(self);
      const source = valueOf(await readSource(home, name));
      await withWorkspace(self, async (workspace) => {
        const ended = await readSourceInto(workspace, source, {
          isFull: options.full === true,
          tell: (event) => {
            if (event.kind === 'warning') tellWarnings(terminal, [event.warning]);
          },
        });
        if (terminal.json) terminal.out(JSON.stringify(loadBody(ended, terminal)));
        else {
          for (const line of reportLines(ended, terminal)) terminal.out(line);
          if (ended.faults.length > 0) tellFaults(terminal, ended.faults);
        }
        process.exitCode = statusOfLoad(ended, options.strict === true);
      });
    });
};
