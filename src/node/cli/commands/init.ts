import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { agreementTemplate } from '../../../core/agreement/template.ts';
import { fault } from '../../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../../core/diagnostic/errors.ts';
import { AGREEMENT_FILE } from '../../app/home.ts';
import { terminalOf } from '../session.ts';
import type { CommandMaker } from './command.ts';

interface InitOptions {
  readonly name?: string;
  readonly timezone?: string;
  readonly currency?: string;
}

export const initCommand: CommandMaker = (program, translate) => {
  program
    .command('init [dir]')
    .description(translate('cli.init'))
    .option('--name <name>', translate('cli.option.name'))
    .option('--timezone <zone>', translate('cli.option.timezone'))
    .option('--currency <code>', translate('cli.option.currency'))
    .action(async (folder: string | undefined, options: InitOptions, self: Command) => {
      const terminal = terminalOf(self);
      const home = resolve(folder ?? '.');
      const path = join(home, AGREEMENT_FILE);
      if (existsSync(path)) throw new FaultError([fault('cli.already_there', { file: path })]);
      const text = agreementTemplate(terminal.language, {
        name: options.name ?? terminal.translate('cli.init.name'),
        timezone: options.timezone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
        currency: options.currency ?? 'USD',
      });
      try {
        await mkdir(join(home, 'mappings'), { recursive: true });
        await writeFile(path, text, { flag: 'wx' });
      } catch {
        throw new FaultError([fault('store.home_read_only', { home })]);
      }
      if (terminal.json) terminal.out(JSON.stringify({ file: path }));
      else terminal.out(terminal.translate('cli.init.done', { file: path }));
    });
};
