import type { Command } from 'commander';
import { labelIn } from '../../../core/agreement/view.ts';
import type { Agreement } from '../../../core/agreement/agreement.ts';
import { funnelAnswer } from '../../../core/measures/answer.ts';
import type { FunnelAnswer, StageAnswer } from '../../../core/measures/answer.ts';
import { numberFormat } from '../../../core/diagnostic/numbers.ts';
import type { NumberFormat } from '../../../core/diagnostic/numbers.ts';
import { stageTargetText } from '../../../core/measures/target-words.ts';
import { terminalOf } from '../session.ts';
import { bar, fit, table } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { comparedLine, headline, showNothing } from './headline.ts';
import { addMeasureOptions, askMeasure, questionFrom } from './measure-options.ts';

export const funnelCommand: CommandMaker = (program, translate) => {
  addMeasureOptions(program.command('funnel').description(translate('cli.funnel')), translate).action(
    async (options: Readonly<Record<string, unknown>>, command: Command) => {
      const terminal = terminalOf(command);
      await askMeasure(command, 'funnel', questionFrom(options), async (value, workspace) => {
        const answer = funnelAnswer.parse(value);
        if (terminal.json) terminal.out(JSON.stringify(answer));
        else if (!(await showNothing(terminal, answer, workspace)))
          showFunnel(terminal, answer, (await workspace.agreement()).agreement);
      });
    },
  );
};

const COLUMNS = ['stage', 'count', 'change', 'step', 'interval', 'cost', 'median', 'owner'] as const;

/** Characters that a bar needs to say something. */
const LEAST_BAR = 8;

function showFunnel(terminal: Terminal, answer: FunnelAnswer, agreement: Agreement): void {
  const { colours, translate, language } = terminal;
  const format = numberFormat(language, answer.currency, answer.range.timezone);
  terminal.out(headline(terminal, answer));
  terminal.out('');
  const rows = answer.stages.map((stage) => stageRow(stage, agreement, format, terminal));
  const columns = COLUMNS.map((name) => ({
    title: translate(`column.${name}`),
    align: name === 'stage' || name === 'owner' ? ('left' as const) : ('right' as const),
  }));
  const shown = columns.map((_, index) => rows.some((row) => (row[index] ?? '–') !== '–'));
  const keep = <T>(cells: readonly T[]): readonly T[] => cells.filter((_, index) => shown[index]);
  const drawTable = (): readonly string[] => table(keep(columns), rows.map(keep));
  // A narrow terminal keeps its bars, and loses the least of the columns instead.
  for (const name of ['interval', 'median', 'cost'] as const) {
    if (Math.max(...drawTable().map((line) => line.length)) + LEAST_BAR + 3 <= terminal.width) break;
    shown[COLUMNS.indexOf(name)] = false;
  }
  const [title = '', ...lines] = drawTable();
  terminal.out(colours.dim(title));
  const most = Math.max(
    1,
    ...answer.stages.filter((stage) => stage.kind === 'reached').map((stage) => stage.count ?? 0),
  );
  const room = Math.max(0, Math.min(32, terminal.width - Math.max(...lines.map((line) => line.length)) - 3));
  const widest = Math.max(...lines.map((line) => line.length));
  lines.forEach((line, index) => {
    const stage = answer.stages[index];
    const drawn = stage?.kind === 'reached' && room >= LEAST_BAR ? bar((stage.count ?? 0) / most, room) : '';
    const colour = stage?.owner === agreement.areas[0]?.id ? colours.blue : colours.yellow;
    terminal.out(`${fit(line, widest)}  ${colour(drawn)}`.trimEnd());
  });
  terminal.out('');
  for (const note of notes(answer, agreement, format, terminal)) terminal.out(colours.dim(note));
  if (answer.compared) terminal.out(comparedLine(terminal, answer.compared, answer.mode));
}

function stageRow(
  stage: StageAnswer,
  agreement: Agreement,
  format: NumberFormat,
  terminal: Terminal,
): readonly string[] {
  const { language } = terminal;
  const described = agreement.stages.find((each) => each.id === stage.id);
  const area = agreement.areas.find((each) => each.id === stage.owner);
  const { step } = stage;
  return [
    labelIn(stage.id, described?.label ?? {}, language),
    format.count(stage.count),
    stage.change === null ? '–' : format.relative(stage.change.relative),
    step === null ? '–' : format.percent(step.rate),
    step === null ? '–' : format.interval(step.low, step.high),
    format.money(stage.cost),
    stage.time === null ? '–' : format.duration(stage.time.p50),
    labelIn(stage.owner, area?.label ?? {}, language),
  ];
}

function notes(
  answer: FunnelAnswer,
  agreement: Agreement,
  format: NumberFormat,
  { translate, language }: Terminal,
): readonly string[] {
  const lines: string[] = [];
  if (answer.spend !== null)
    lines.push(translate('cli.funnel.spend', { amount: format.money(answer.spend) }));
  if (answer.value !== null)
    lines.push(translate('cli.funnel.value', { amount: format.money(answer.value) }));
  const names = {
    translate,
    format,
    area: (id: string) => labelIn(id, agreement.areas.find((each) => each.id === id)?.label ?? {}, language),
  };
  for (const { target } of answer.stages) {
    if (target === null) continue;
    const label = labelIn(
      target.id,
      agreement.targets.find((each) => each.id === target.id)?.label ?? {},
      language,
    );
    lines.push(translate('cli.funnel.target', { label, text: stageTargetText(target, names) }));
  }
  for (const stage of answer.stages) {
    const label = labelIn(
      stage.id,
      agreement.stages.find((each) => each.id === stage.id)?.label ?? {},
      language,
    );
    if (stage.skipped > 0)
      lines.push(translate('cli.funnel.skipped', { count: stage.skipped, stage: label }));
    if (stage.young === true && stage.ripe_days !== null)
      lines.push(translate('cli.funnel.young', { stage: label, days: stage.ripe_days }));
    if (stage.late > 0) lines.push(translate('cli.funnel.late', { count: stage.late, stage: label }));
  }
  return lines;
}
