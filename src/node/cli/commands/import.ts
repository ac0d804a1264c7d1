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
import type { ImportReport, ImportRequest, Workspace } from '../../app/workspace.ts';
import type { RecordKind } from '../../ingest/mapping.ts';
import { ProgressLine } from '../progress-line.ts';
import { terminalOf, withWorkspace } from '../session.ts';
import { faultBody, statusOf, tellFaults } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { showReport } from './import-report.ts';
import { isAsked, planned, showPlan } from './import-plan.ts';

interface ImportOptions {
  readonly as?: RecordKind;
  readonly mapping?: string;
  readonly source?: string;
  readonly dryRun?: boolean;
  readonly strict?: boolean;
  readonly answer?: Readonly<Record<string, string>>;
  readonly yes?: boolean;
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
    .option('--yes', translate('cli.option.yes'))
    .action(async (files: readonly string[], options: ImportOptions, self: Command) => {
      const terminal = terminalOf(self);
      const mapping =
        options.mapping === undefined
          ? undefined
          : { text: await readText(options.mapping), file: options.mapping };
      await withWorkspace(self, async (workspace) => {
        const reports: ImportReport[] = [];
        const faults: Diagnostic[] = [];
        const line = new ProgressLine(terminal);
        const tell = (told: readonly Diagnostic[]): void => {
          faults.push(...told);
          const sources = mapping === undefined ? undefined : new Map([[mapping.file, mapping.text]]);
          if (!terminal.json) tellFaults(terminal, told, sources);
        };
        const offer = (file: string, more: Partial<ImportRequest>): Promise<Result<ImportReport>> =>
          importOne(file, options, mapping, workspace, line, more);
        const asks = options.yes !== true && options.dryRun !== true && isAsked(terminal);
        const chosen = asks
          ? await planned(files, offer, terminal, tell)
          : files.map((file) => ({ file, answers: options.answer ?? {} }));
        for (const { file, answers } of chosen) {
          const result = await offer(file, { answers });
          if (!result.ok) {
            tell(result.faults);
            continue;
          }
          reports.push(result.value);
          if (options.strict === true && result.value.rejected > 0) process.exitCode = 1;
          if (terminal.json) continue;
          if (result.value.plan !== undefined) showPlan(terminal, result.value, result.value.plan);
          showReport(terminal, result.value);
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
  line: ProgressLine,
  more: Partial<ImportRequest>,
): Promise<Result<ImportReport>> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) return failure(fault('cli.no_file', { file }));
  const name = basename(file);
  const result = await workspace.importFile({
    content: createReadStream(file, { highWaterMark: 1 << 20 }),
    fileName: name,
    bytes: found.size,
    onProgress: line.of(name),
    as: options.as,
    mapping,
    source: options.source,
    dryRun: options.dryRun,
    strict: options.strict,
    ...more,
    answers: { ...options.answer, ...more.answers },
  });
  line.clear();
  return result;
}
