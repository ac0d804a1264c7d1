import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { fault } from '../../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../../core/diagnostic/errors.ts';
import type { OpenReject } from '../../../core/data/standings.ts';
import { everyReject } from '../../app/every-reject.ts';
import { written } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { terminalOf, valueOf, withWorkspace } from '../session.ts';
import type { CommandMaker } from './command.ts';
import { reasonOf, showReport } from './import-report.ts';
import { addAnswer, readText } from './import.ts';
import { wholeNumber } from './whole-number.ts';

export const rejectsCommand: CommandMaker = (program, translate) => {
  program
    .command('rejects')
    .description(translate('cli.rejects'))
    .option('--batch <id>', translate('cli.option.batch'))
    .option('--csv', translate('cli.option.rejects_csv'))
    .action(async (options: { batch?: string; csv?: boolean }, self: Command) => {
      const terminal = terminalOf(self);
      const batch = options.batch === undefined ? undefined : wholeNumber('--batch', options.batch);
      await withWorkspace(self, async (workspace) => {
        const filter = { batch };
        if (options.csv === true) {
          for await (const piece of workspace.rejectsCsv(filter, (each) => reasonOf(each, terminal)))
            await written(piece);
          return;
        }
        let first: OpenReject | null = null;
        let separator = '{"rejects":[';
        for await (const each of everyReject(workspace, filter)) {
          first ??= each;
          const reason = reasonOf(each, terminal);
          await written(
            terminal.json
              ? separator + JSON.stringify({ ...each, reason })
              : `${each.entry}  ${translate('cli.import.line', { line: each.line })} ${reason}\n`,
          );
          separator = ',';
        }
        if (terminal.json) terminal.out(first === null ? '{"rejects":[]}' : ']}');
        else if (first === null) terminal.out(translate('cli.rejects.none'));
        else
          terminal.note(
            `→ ${translate('cli.rejects.mend', { batch: first.entry, line: first.line, column: first.column ?? '…' })}`,
          );
      });
    });
};

/** `zone=Norte`: a column of the file and the value that it should have had. */
function addValue(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new FaultError([fault('cli.bad_value', { text })]);
  return { ...before, [text.slice(0, at).trim()]: text.slice(at + 1) };
}

/** Takes in a file of refused rows that somebody corrected. */
async function mendAll(command: Command, terminal: Terminal, file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw new FaultError([fault('cli.no_file', { file })]);
  await withWorkspace(command, async (workspace) => {
    const mended = valueOf(await workspace.mendFile(resolve(file), basename(file)));
    if (terminal.json) terminal.out(JSON.stringify(mended));
    else {
      for (const report of mended.reports) showReport(terminal, report);
      const { untouched, unknown } = mended;
      if (untouched + unknown > 0) terminal.out(terminal.translate('cli.mend.left', { untouched, unknown }));
    }
    if (mended.reports.some(({ rejected }) => rejected > 0)) process.exitCode = 1;
  });
}

export const mendCommand: CommandMaker = (program, translate) => {
  program
    .command('mend [batch] [line]')
    .description(translate('cli.mend'))
    .addOption(new Option('--set <column=value>', translate('cli.option.set')).argParser(addValue))
    .option('--file <file>', translate('cli.option.mend_file'))
    .action(
      async (
        batch: string | undefined,
        line: string | undefined,
        options: { set?: Readonly<Record<string, string>>; file?: string },
        self: Command,
      ) => {
        const terminal = terminalOf(self);
        const { set, file } = options;
        if (file !== undefined) {
          await mendAll(self, terminal, file);
          return;
        }
        if (batch === undefined || line === undefined || set === undefined)
          throw new FaultError([fault('cli.mend_what')]);
        const [entry, row] = [wholeNumber('batch', batch), wholeNumber('line', line)];
        await withWorkspace(self, async (workspace) => {
          const report = valueOf(await workspace.mend(entry, row, set));
          if (terminal.json) terminal.out(JSON.stringify(report));
          else showReport(terminal, report);
          if (report.rejected > 0) process.exitCode = 1;
        });
      },
    );
};

interface RetryFlags {
  readonly mapping?: string;
  readonly as?: 'leads' | 'activities' | 'ads';
  readonly answer?: Readonly<Record<string, string>>;
}

export const retryCommand: CommandMaker = (program, translate) => {
  program
    .command('retry <batch>')
    .description(translate('cli.retry'))
    .addOption(new Option('--as <kind>', translate('cli.option.as')).choices(['leads', 'activities', 'ads']))
    .option('--mapping <file>', translate('cli.option.mapping'))
    .addOption(new Option('--answer <key=value>', translate('cli.option.said')).argParser(addAnswer))
    .action(async (batch: string, { as, mapping, answer }: RetryFlags, self: Command) => {
      const terminal = terminalOf(self);
      const entry = wholeNumber('batch', batch);
      const named = mapping === undefined ? undefined : { text: await readText(mapping), file: mapping };
      await withWorkspace(self, async (workspace) => {
        const report = valueOf(await workspace.retry(entry, { as, mapping: named, answers: answer }));
        if (terminal.json) terminal.out(JSON.stringify(report));
        else showReport(terminal, report);
      });
    });
};
