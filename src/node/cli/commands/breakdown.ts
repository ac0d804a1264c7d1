import type { Command } from 'commander';
import { labelIn } from '../../../core/agreement/view.ts';
import { breakdownAnswer } from '../../../core/measures/answer.ts';
import type { BreakdownAnswer, GroupAnswer } from '../../../core/measures/answer.ts';
import type { Agreement } from '../../../core/agreement/agreement.ts';
import { numberFormat } from '../../../core/diagnostic/numbers.ts';
import { dimensionTitle } from '../../server/dimension-title.ts';
import { groupText } from '../../../core/measures/group-text.ts';
import { terminalOf } from '../session.ts';
import { bar, fit, table } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { comparedLine, headline, showNothing } from './headline.ts';
import { addMeasureOptions, askMeasure, questionFrom } from './measure-options.ts';

export const breakdownCommand: CommandMaker = (program, translate) => {
  const command = program.command('breakdown <dimension>').description(translate('cli.breakdown'));
  addMeasureOptions(command, translate)
    .option('--by <second>', translate('cli.option.by'))
    .option('--stages <from,to>', translate('cli.option.stages'))
    .option('--top <n>', translate('cli.option.top'))
    .action(async (dimension: string, options: Readonly<Record<string, unknown>>, self: Command) => {
      const terminal = terminalOf(self);
      const { by, stages, top } = options;
      const question = {
        ...questionFrom(options),
        dimension,
        ...(by === undefined ? {} : { second: by }),
        ...(stages === undefined ? {} : { stages }),
        ...(top === undefined ? {} : { top }),
      };
      await askMeasure(self, 'breakdown', question, async (value, workspace) => {
        const answer = breakdownAnswer.parse(value);
        if (terminal.json) terminal.out(JSON.stringify(answer));
        else if (!(await showNothing(terminal, answer, workspace)))
          (answer.second === null ? showBreakdown : showCrossed)(
            terminal,
            answer,
            (await workspace.agreement()).agreement,
          );
      });
    });
};

function showBreakdown(terminal: Terminal, answer: BreakdownAnswer, agreement: Agreement): void {
  const { colours, translate, language } = terminal;
  const format = numberFormat(language, agreement.currency, answer.range.timezone);
  const [from = '', to = ''] = answer.stages;
  const stageName = (id: string): string =>
    labelIn(id, agreement.stages.find((stage) => stage.id === id)?.label ?? {}, language);
  terminal.out(headline(terminal, answer));
  terminal.out('');
  const groups = [...answer.groups, answer.total];
  const rows = groups.map((group) => [
    groupText(group.kind, group.value, answer.part, translate, group.members),
    format.count(group.counts[from] ?? null),
    format.count(group.counts[to] ?? null),
    format.percent(group.rate.rate),
    format.interval(group.rate.low, group.rate.high),
    ...(answer.compared === null ? [] : [format.percent(group.previous?.rate.rate ?? null)]),
    group.differs ? translate(differsUp(group, answer) ? 'cli.breakdown.above' : 'cli.breakdown.below') : '',
  ]);
  const columns = [
    { title: dimensionTitle(answer.dimension, agreement, language, translate), align: 'left' as const },
    { title: stageName(from), align: 'right' as const },
    { title: stageName(to), align: 'right' as const },
    { title: '%', align: 'right' as const },
    { title: translate('column.interval'), align: 'right' as const },
    ...(answer.compared === null
      ? []
      : [{ title: translate('cli.breakdown.before'), align: 'right' as const }]),
    { title: '', align: 'left' as const },
  ];
  const [title = '', ...lines] = table(columns, rows);
  const widest = Math.max(title.length, ...lines.map((line) => line.length));
  const room = Math.max(0, Math.min(30, terminal.width - widest - 3));
  const most = Math.max(0.000_001, ...groups.map((group) => group.rate.rate ?? 0));
  terminal.out(colours.dim(title));
  lines.forEach((line, index) => {
    const group = groups[index];
    const drawn = room >= 6 ? bar((group?.rate.rate ?? 0) / most, room) : '';
    const text = `${fit(line, widest)}  ${drawn}`.trimEnd();
    terminal.out(
      group?.small === true ? colours.dim(text) : group?.kind === 'total' ? colours.bold(text) : text,
    );
  });
  if (answer.compared !== null) terminal.out(comparedLine(terminal, answer.compared, answer.mode));
  if (groups.some((group) => group.small)) terminal.out(colours.dim(translate('cli.breakdown.small')));
}

/** Two dimensions: a row a group of the first, a column a group of the second, a share in each cell. */
function showCrossed(terminal: Terminal, answer: BreakdownAnswer, agreement: Agreement): void {
  const { colours, translate, language } = terminal;
  const format = numberFormat(language, agreement.currency, answer.range.timezone);
  const nameOf = (group: GroupAnswer, part: string | null): string =>
    groupText(group.kind, group.value, part, translate, group.members);
  const cell = (group: GroupAnswer | undefined): string => {
    if (group === undefined) return '';
    const mark = group.differs ? (differsUp(group, answer) ? ' ▲' : ' ▼') : '';
    return `${format.percent(group.rate.rate)} ${group.rate.numerator}/${group.rate.denominator}${mark}`;
  };
  terminal.out(headline(terminal, answer));
  terminal.out('');
  const columns = [
    { title: dimensionTitle(answer.dimension, agreement, language, translate), align: 'left' as const },
    ...answer.panels.map(({ total }) => ({
      title: nameOf(total, answer.second?.part ?? null),
      align: 'right' as const,
    })),
    { title: translate('group.total'), align: 'right' as const },
  ];
  const rows = answer.groups.map((group) => [
    nameOf(group, answer.part),
    ...answer.panels.map(({ groups }) =>
      cell(groups.find((each) => each.kind === group.kind && each.value === group.value)),
    ),
    cell(group),
  ]);
  const [title = '', ...lines] = table(columns, [
    ...rows,
    [translate('group.total'), ...answer.panels.map(({ total }) => cell(total)), cell(answer.total)],
  ]);
  terminal.out(colours.dim(title));
  for (const line of lines) terminal.out(line.trimEnd());
  const cells = answer.panels.flatMap(({ groups }) => groups);
  if (cells.some((each) => each.differs)) terminal.out(colours.dim(translate('cli.breakdown.marks')));
}

function differsUp(group: GroupAnswer, answer: BreakdownAnswer): boolean {
  return (group.rate.rate ?? 0) > (answer.total.rate.rate ?? 0);
}
