import { resolve } from 'node:path';
import type { Command } from 'commander';
import { isDay } from '../../../core/calendar/days.ts';
import { fault } from '../../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../../core/diagnostic/errors.ts';
import { writeDemo } from '../../demo/demo.ts';
import { terminalOf, valueOf } from '../session.ts';
import type { CommandMaker } from './command.ts';
import { wholeNumber } from './whole-number.ts';

interface DemoFlags {
  readonly leads: string;
  readonly seed: string;
  readonly until?: string;
}

export const demoCommand: CommandMaker = (program, translate) => {
  program
    .command('demo [dir]')
    .description(translate('cli.demo'))
    .option('--leads <n>', translate('cli.option.leads'), '30000')
    .option('--seed <n>', translate('cli.option.seed'), '1')
    .option('--until <date>', translate('cli.option.until'))
    .action(async (folder: string | undefined, options: DemoFlags, self: Command) => {
      const terminal = terminalOf(self);
      const home = resolve(folder ?? 'demo');
      const leads = wholeNumber('--leads', options.leads);
      const seed = wholeNumber('--seed', options.seed);
      if (options.until !== undefined && !isDay(options.until)) {
        throw new FaultError([fault('question.no_day', { name: '--until', value: options.until })]);
      }
      terminal.note(terminal.translate('cli.demo.working', { leads }));
      valueOf(await writeDemo(home, { leads, seed, until: options.until ?? null }));
      if (terminal.json) terminal.out(JSON.stringify({ home, leads }));
      else terminal.out(terminal.translate('cli.demo.done', { home, leads }));
    });
};
