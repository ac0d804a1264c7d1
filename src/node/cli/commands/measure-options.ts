import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import type { Command } from 'commander';
import { fault } from '../../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../../core/diagnostic/errors.ts';
import type { Translate } from '../../../core/diagnostic/wording.ts';
import { findMeasure } from '../../../core/measures/registry.ts';
import type { AgreementDraft, Workspace } from '../../app/workspace.ts';
import { valueOf, withWorkspace } from '../session.ts';

/** The flags that every measure takes; of one that compares nothing, all but `--compare`. */
export function addMeasureOptions(
  command: Command,
  translate: Translate,
  { compares = true }: { readonly compares?: boolean } = {},
): Command {
  const common = command
    .option('--from <date>', translate('cli.option.from'))
    .option('--to <date>', translate('cli.option.to'))
    .addOption(new Option('--mode <mode>', translate('cli.option.mode')).choices(['cohort', 'period']))
    .option('--where <rule>', translate('cli.option.where'))
    .option('--filter <dimension=value...>', translate('cli.option.filter'))
    .option('--as-of <day|instant>', translate('cli.option.as_of'))
    .option('--agreement <version|file>', translate('cli.option.agreement'));
  if (!compares) return common;
  return common
    .addOption(
      new Option('--compare <period>', translate('cli.option.compare')).choices(['none', 'previous', 'year']),
    )
    .option('--no-equal-age', translate('cli.option.no_equal_age'));
}

/** A measure's question from a command's flags. */
export function questionFrom(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { from, to, mode, where, filter, compare, asOf, agreement, equalAge } = options;
  const version = isVersion(agreement) ? agreement : undefined;
  const members = {
    ...{ from, to, mode, where, filter, compare, as_of: asOf, agreement: version },
    equal_age: equalAge === false ? false : undefined,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function isVersion(agreement: unknown): boolean {
  return typeof agreement === 'string' && /^\d+$/.test(agreement);
}

/** The draft that `--agreement` names, where it names a file. */
export async function draftOf(command: Command): Promise<AgreementDraft | undefined> {
  const { agreement } = command.opts<{ readonly agreement?: string }>();
  if (agreement === undefined || isVersion(agreement)) return undefined;
  return readAgreementFile(agreement);
}

/** The text of an agreement's file, by its name. */
export async function readAgreementFile(file: string): Promise<AgreementDraft> {
  try {
    return { text: await readFile(file, 'utf8'), file };
  } catch {
    throw new FaultError([fault('cli.no_file', { file })]);
  }
}

/**
 * Asks a measure and shows its answer. What is wrong with the question itself is told before any workspace is
 * opened, by the names of the flags: a server would know those of its parameters only.
 */
export async function askMeasure(
  command: Command,
  measure: string,
  question: unknown,
  show: (answer: unknown, workspace: Workspace) => Promise<void>,
): Promise<void> {
  const faults = findMeasure(measure)?.faultsOf(question) ?? [];
  if (faults.length > 0) throw new FaultError(faults.map(byFlag));
  const draft = await draftOf(command);
  await withWorkspace(command, async (workspace) =>
    show(valueOf(await workspace.ask(measure, question, draft)), workspace),
  );
}

function byFlag(found: Diagnostic): Diagnostic {
  const { name } = found.params;
  return typeof name === 'string'
    ? { ...found, params: { ...found.params, name: `--${name.replaceAll('_', '-')}` } }
    : found;
}
