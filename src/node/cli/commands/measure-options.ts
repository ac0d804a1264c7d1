import { Option } from 'commander';
import type { Command } from 'commander';
import type { Diagnostic } from '../../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../../core/diagnostic/errors.ts';
import type { Translate } from '../../../core/diagnostic/wording.ts';
import { findMeasure } from '../../../core/measures/registry.ts';
import type { Workspace } from '../../app/workspace.ts';
import { valueOf, withWorkspace } from '../session.ts';

/** The flags that every measure takes. */
export function addMeasureOptions(command: Command, translate: Translate): Command {
  return command
    .option('--from <date>', translate('cli.option.from'))
    .option('--to <date>', translate('cli.option.to'))
    .addOption(new Option('--mode <mode>', translate('cli.option.mode')).choices(['cohort', 'period']))
    .option('--where <rule>', translate('cli.option.where'))
    .option('--filter <dimension=value...>', translate('cli.option.filter'))
    .addOption(
      new Option('--compare <period>', translate('cli.option.compare')).choices(['none', 'previous', 'year']),
    )
    .option('--as-of <instant>', translate('cli.option.as_of'));
}

/** A measure's question from a command's flags. */
export function questionFrom(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { from, to, mode, where, filter, compare, asOf } = options;
  const members = { from, to, mode, where, filter, compare, as_of: asOf };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
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
  await withWorkspace(command, async (workspace) =>
    show(valueOf(await workspace.ask(measure, question)), workspace),
  );
}

function byFlag(found: Diagnostic): Diagnostic {
  const { name } = found.params;
  return typeof name === 'string'
    ? { ...found, params: { ...found.params, name: `--${name.replaceAll('_', '-')}` } }
    : found;
}
