import { Option } from 'commander';
import type { Command } from 'commander';
import type { Translate } from '../../../core/diagnostic/wording.ts';

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
