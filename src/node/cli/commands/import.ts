import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { fault } from '../../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../../core/diagnostic/errors.ts';
import { failure } from '../../../core/diagnostic/result.ts';
import type { Result } from '../../../core/diagnostic/result.ts';
import type { ImportReport, Reject, Workspace } from '../../app/workspace.ts';
import type { RecordKind } from '../../ingest/mapping.ts';
import { terminalOf, withWorkspace } from '../session.ts';
import { faultBody, statusOf, tellFaults, tellWarnings } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import type { CommandMaker } from './command.ts';

interface ImportOptions {
  readonly as?: RecordKind;
  readonly mapping?: string;
  readonly source?: string;
  readonly dryRun?: boolean;
  readonly strict?: boolean;
  readonly answer?: Readonly<Record<string, string>>;
}

export const importCommand: CommandMaker = (program, translate) => {
  program
    .command('import <file...>')
    .description(translate('cli.import'))
    .addOption(new Option('--as <kind>', translate('cli.option.as')).choices(['leads', 'activities', 'ads']))
    .option('--mapping <file>', translate('cli.option.mapping'))
    .option('--source <name>', translate('cli.option.source'))
    .option('--dry-run', translate('cli.option.dry_run'))
    .option('--strict', translate('cli.option.strict'))
    .addOption(new Option('--answer <key=value>', translate('cli.option.said')).argParser(addAnswer))
    .action(async (files: readonly string[], options: ImportOptions, self: Command) => {
      const terminal = terminalOf(self);
      const mapping =
        options.mapping === undefined
          ? undefined
          : { text: await readText(options.mapping), file: options.mapping };
      await withWorkspace(self, async (workspace) => {
        const reports: ImportReport[] = [];
        const faults: Diagnostic[] = [];
        for (const file of files) {
          const result = await importOne(file, options, mapping, workspace);
          if (!result.ok) {
            faults.push(...result.faults);
            const sources = mapping === undefined ? undefined : new Map([[mapping.file, mapping.text]]);
            if (!terminal.json) tellFaults(terminal, result.faults, sources);
            continue;
          }
          reports.push(result.value);
          if (!terminal.json) showReport(terminal, result.value);
          if (options.strict === true && result.value.rejected > 0) process.exitCode = 1;
        }
        if (faults.length > 0) process.exitCode = statusOf(faults);
        if (!terminal.json) return;
        const told = faults.length > 0 ? faultBody(faults, terminal) : {};
        terminal.out(JSON.stringify({ ...(reports.length > 0 ? { imports: reports } : {}), ...told }));
      });
    });
};

/** `currency=MXN`, or a column and its field: `Sucursal=zone`. */
export function addAnswer(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.lastIndexOf('=');
  if (at < 1) throw new FaultError([fault('cli.bad_answer', { text })]);
  return { ...before, [text.slice(0, at).trim()]: text.slice(at + 1) };
}

export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new FaultError([fault('cli.no_file', { file: path })]);
  }
}

/** One file; a fault of it keeps no other from coming. */
async function importOne(
  file: string,
  options: ImportOptions,
  mapping: { text: string; file: string } | undefined,
  workspace: Workspace,
): Promise<Result<ImportReport>> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) return failure(fault('cli.no_file', { file }));
  return workspace.importFile({
    content: createReadStream(file, { highWaterMark: 1 << 20 }),
    fileName: basename(file),
    as: options.as,
    mapping,
    source: options.source,
    dryRun: options.dryRun,
    strict: options.strict,
    answers: options.answer,
  });
}

/** The reason of a reject in words. */
export function reasonOf(reject: Pick<Reject, 'code' | 'column' | 'value'>, { translate }: Terminal): string {
  return translate(reject.code, { column: reject.column ?? '', value: reject.value ?? '' });
}

export function showReport(terminal: Terminal, report: ImportReport): void {
  const { translate, colours } = terminal;
  const title = translate(report.kept ? 'cli.import.done' : 'cli.import.not_kept', { file: report.file });
  terminal.out(`${report.kept ? colours.green('✓') : '·'} ${title}`);
  terminal.out(
    `  ${translate('cli.import.counts', {
      read: report.rowsRead,
      accepted: report.accepted,
      unchanged: report.unchanged,
      rejected: report.rejected,
    })}`,
  );
  const { recognised } = report;
  if (recognised !== undefined && recognised.by !== 'names')
    terminal.out(`  ${translate(`cli.import.by_${recognised.by}`, { name: recognised.name })}`);
  const left = Object.entries(report.leftOut ?? {});
  if (left.length > 0) {
    const parts = left.map(([reason, rows]) => translate(`cli.import.left_${reason}`, { rows }));
    terminal.out(`  ${translate('cli.import.left_out', { rows: parts.join(', ') })}`);
  }
  if (report.known) terminal.out(`  ${translate('cli.import.known')}`);
  if (report.repeated > 0) terminal.out(`  ${translate('cli.import.repeated', { count: report.repeated })}`);
  for (const reject of report.examples) {
    terminal.out(
      `  ${colours.red('✗')} ${translate('cli.import.line', { line: reject.line })} ${reasonOf(reject, terminal)}`,
    );
  }
  if (report.rejected > report.examples.length || (report.rejected > 0 && report.kept)) {
    terminal.out(`  → ${translate('cli.import.see_all', { batch: report.entry })}`);
  }
  tellWarnings(terminal, report.warnings);
}
