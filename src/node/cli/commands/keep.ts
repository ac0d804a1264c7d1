import { Option } from 'commander';
import type { Command } from 'commander';
import type { ExportFormat } from '../../app/workspace.ts';
import { written } from '../terminal.ts';
import { terminalOf, valueOf, withWorkspace } from '../session.ts';
import type { CommandMaker } from './command.ts';

export const rebuildCommand: CommandMaker = (program, translate) => {
  program
    .command('rebuild')
    .description(translate('cli.rebuild'))
    .action(async (_options: unknown, self: Command) => {
      const terminal = terminalOf(self);
      await withWorkspace(self, async (workspace) => {
        const status = valueOf(await workspace.rebuild());
        if (terminal.json)
          terminal.out(
            JSON.stringify({ leads: status.leads, activities: status.activities, ad_rows: status.ad_rows }),
          );
        else {
          terminal.out(
            terminal.translate('cli.rebuild.done', {
              leads: status.leads,
              activities: status.activities,
              ads: status.ad_rows,
            }),
          );
        }
      });
    });
};

export const exportCommand: CommandMaker = (program, translate) => {
  program
    .command('export <table>')
    .description(translate('cli.export'))
    .addOption(
      new Option('--format <format>', translate('cli.option.format'))
        .choices(['parquet', 'csv', 'json'])
        .default('csv'),
    )
    .action(async (table: string, options: { format: ExportFormat }, self: Command) => {
      await withWorkspace(self, async (workspace) => {
        for await (const chunk of valueOf(await workspace.exportTable(table, options.format)))
          await written(chunk);
      });
    });
};

export const doctorCommand: CommandMaker = (program, translate) => {
  program
    .command('doctor')
    .description(translate('cli.doctor'))
    .action(async (_options: unknown, self: Command) => {
      const terminal = terminalOf(self);
      await withWorkspace(self, async (workspace) => {
        const checks = await workspace.doctor();
        if (terminal.json) terminal.out(JSON.stringify({ ok: checks.every((check) => check.ok), checks }));
        for (const check of terminal.json ? [] : checks) {
          const mark = check.ok ? terminal.colours.green('✓') : terminal.colours.red('✗');
          terminal.out(`${mark} ${terminal.translate(check.code, check.params)}`);
          if (!check.ok) terminal.out(`  → ${terminal.translate(`${check.code}.hint`, check.params)}`);
        }
        if (checks.some((check) => !check.ok)) process.exitCode = 1;
      });
    });
};
