import type { Command } from 'commander';
import { openSource } from '../../sources/open-source.ts';
import { readSource } from '../../sources/source-config.ts';
import { homeOf, terminalOf, valueOf, withWorkspace } from '../session.ts';
import { statusOf, tellFaults } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { follow, loadBody, reportLines, statusOfLoad } from './load.ts';

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
        const state = options.full === true ? null : await workspace.sourceState(name);
        const reading = await openSource(source, home, state);
        let befallen: Awaited<ReturnType<typeof reading.close>> = [];
        let ended: Awaited<ReturnType<typeof follow>>;
        try {
          const { format, content } = reading;
          ended = await follow(workspace.load({ format, source: name, content }), terminal, () => undefined);
        } finally {
          befallen = await reading.close();
        }
        const whole = { report: ended.report, faults: [...befallen, ...ended.faults] };
        if (terminal.json) terminal.out(JSON.stringify(loadBody(whole, terminal)));
        else {
          for (const line of reportLines(whole.report, terminal)) terminal.out(line);
          if (whole.faults.length > 0) tellFaults(terminal, whole.faults);
        }
        process.exitCode =
          whole.faults.length > 0 ? statusOf(whole.faults) : statusOfLoad(ended, options.strict === true);
      });
    });
};
