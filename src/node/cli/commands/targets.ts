import type { Command } from 'commander';
import { Option } from 'commander';
import { labelIn } from '../../../core/agreement/view.ts';
import type { Agreement } from '../../../core/agreement/agreement.ts';
import { numberFormat } from '../../../core/diagnostic/numbers.ts';
import {
  forecastText,
  goalText,
  historySentence,
  neededSentence,
  periodText,
  statusText,
  targetNotes,
  targetSentence,
  targetValue,
} from '../../../core/measures/target-words.ts';
import type { TargetNames } from '../../../core/measures/target-words.ts';
import { targetsAnswer } from '../../../core/measures/targets-answer.ts';
import type { TargetAnswer, TargetsAnswer } from '../../../core/measures/targets-answer.ts';
import { terminalOf } from '../session.ts';
import { table, wrapped } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { headline, showNothing } from './headline.ts';
import { askMeasure, questionFrom } from './measure-options.ts';

export const targetsCommand: CommandMaker = (program, translate) => {
  program
    .command('targets')
    .description(translate('cli.targets'))
    .option('--from <date>', translate('cli.option.targets_from'))
    .option('--to <date>', translate('cli.option.targets_to'))
    .addOption(
      new Option('--mode <mode>', translate('cli.option.targets_mode')).choices(['period', 'cohort']),
    )
    .option('--where <rule>', translate('cli.option.where'))
    .option('--filter <dimension=value...>', translate('cli.option.filter'))
    .option('--history <n>', translate('cli.option.targets_history'))
    .option('--as-of <instant>', translate('cli.option.as_of'))
    .option('--agreement <version|file>', translate('cli.option.agreement'))
    .action(async (options: Readonly<Record<string, unknown>>, self: Command) => {
      const terminal = terminalOf(self);
      const { history } = options;
      const question = { ...questionFrom(options), ...(history === undefined ? {} : { history }) };
      await askMeasure(self, 'targets', question, async (value, workspace) => {
        const answer = targetsAnswer.parse(value);
        if (terminal.json) terminal.out(JSON.stringify(answer));
        else if (!(await showNothing(terminal, answer, workspace)))
          showTargets(terminal, answer, (await workspace.agreement()).agreement);
      });
    });
};

function showTargets(terminal: Terminal, answer: TargetsAnswer, agreement: Agreement): void {
  const { colours, translate, language } = terminal;
  const names: TargetNames = {
    translate,
    format: numberFormat(language, answer.currency, answer.range.timezone),
    area: (id) => labelIn(id, agreement.areas.find((each) => each.id === id)?.label ?? {}, language),
  };
  terminal.out(headline(terminal, answer));
  if (answer.targets.length === 0) {
    terminal.out(translate('targets.none'));
    terminal.out(`→ ${translate('targets.none.hint')}`);
    return;
  }
  for (const [position, area] of agreement.areas.entries()) {
    const own = answer.targets.filter(({ owner }) => owner === area.id);
    terminal.out('');
    const colour = position === 0 ? colours.blue : colours.yellow;
    terminal.out(colour(colours.bold(names.area(area.id))));
    if (own.length === 0) terminal.out(translate('targets.none_of', { area: names.area(area.id) }));
    else showArea(terminal, own, agreement, names);
  }
  terminal.out('');
  for (const note of targetNotes(answer, names)) terminal.out(colours.dim(note));
}

const COLUMNS = ['target', 'period', 'so_far', 'goal', 'attained', 'due', 'end', 'stands'] as const;
const WORDS: ReadonlySet<string> = new Set(['target', 'period', 'stands']);

function showArea(
  terminal: Terminal,
  own: readonly TargetAnswer[],
  agreement: Agreement,
  names: TargetNames,
): void {
  const { colours, translate, language } = terminal;
  const labelOf = (id: string): string =>
    labelIn(id, agreement.targets.find((each) => each.id === id)?.label ?? {}, language);
  const columns = COLUMNS.map((name) => ({
    title: translate(`targets.column.${name}`),
    align: WORDS.has(name) ? ('left' as const) : ('right' as const),
  }));
  const rows = own.map((target) => [
    labelOf(target.id),
    periodText(target.period, target.per, names),
    targetValue(target.kind, target.value, names),
    goalText(target, names),
    names.format.percent(target.attainment),
    targetValue(target.kind, target.pace?.expected ?? null, names),
    forecastText(target.kind, target.forecast, names),
    statusText(target, names),
  ]);
  const shown = columns.map((_, index) => index === 0 || rows.some((row) => (row[index] ?? '–') !== '–'));
  const keep = <T>(cells: readonly T[]): readonly T[] => cells.filter((_, index) => shown[index]);
  const draw = (): readonly string[] => table(keep(columns), rows.map(keep));
  for (const name of ['stands', 'due', 'period'] as const) {
    if (Math.max(...draw().map((line) => line.length)) <= terminal.width) break;
    shown[COLUMNS.indexOf(name)] = false;
  }
  const [title = '', ...lines] = draw();
  terminal.out(colours.dim(title));
  for (const line of lines) terminal.out(line);
  terminal.out('');
  for (const target of own) {
    const sentences = [
      targetSentence(target, names),
      neededSentence(target, names),
      historySentence(target, names),
    ];
    const text = `${labelOf(target.id)}: ${sentences.filter((each) => each !== '').join(' ')}`;
    wrapped(text, Math.max(40, terminal.width - 2)).forEach((line, nth) =>
      terminal.out(`${nth === 0 ? '· ' : '  '}${line}`),
    );
  }
}
