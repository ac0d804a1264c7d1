import type { Command } from 'commander';
import { labelIn } from '../../../core/agreement/view.ts';
import type { Agreement } from '../../../core/agreement/agreement.ts';
import { numberFormat } from '../../../core/diagnostic/numbers.ts';
import { changesAnswer } from '../../../core/measures/changes-answer.ts';
import type { ChangesAnswer, SplitChange, StepByDimension } from '../../../core/measures/changes-answer.ts';
import {
  changeNotes,
  changeSentences,
  factorText,
  partName,
  partText,
} from '../../../core/measures/changes-words.ts';
import type { ChangeNames } from '../../../core/measures/changes-words.ts';
import { groupText } from '../../../core/measures/group-text.ts';
import { dimensionTitle } from '../../server/dimension-title.ts';
import { terminalOf } from '../session.ts';
import { bar, fit, table } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { comparedLine, headline, showNothing } from './headline.ts';
import { addMeasureOptions, askMeasure, questionFrom } from './measure-options.ts';

export const changesCommand: CommandMaker = (program, translate) => {
  const command = program.command('changes').description(translate('cli.changes'));
  addMeasureOptions(command, translate)
    .option('--dimension <dimension>', translate('cli.option.changes_dimension'))
    .option('--top <n>', translate('cli.option.top'))
    .action(async (options: Readonly<Record<string, unknown>>, self: Command) => {
      const terminal = terminalOf(self);
      const { dimension, top } = options;
      const question = {
        ...questionFrom(options),
        ...(dimension === undefined ? {} : { dimension }),
        ...(top === undefined ? {} : { top }),
      };
      await askMeasure(self, 'changes', question, async (value, workspace) => {
        const answer = changesAnswer.parse(value);
        if (terminal.json) terminal.out(JSON.stringify(answer));
        else if (!(await showNothing(terminal, answer, workspace)))
          showChanges(terminal, answer, (await workspace.agreement()).agreement);
      });
    });
};

function namesOf(terminal: Terminal, answer: ChangesAnswer, agreement: Agreement): ChangeNames {
  const { translate, language } = terminal;
  const named = (
    all: readonly { readonly id: string; readonly label: Agreement['areas'][number]['label'] }[],
  ) => {
    return (id: string): string => labelIn(id, all.find((each) => each.id === id)?.label ?? {}, language);
  };
  return {
    translate,
    format: numberFormat(language, answer.currency, answer.range.timezone),
    stage: named(agreement.stages),
    area: named(agreement.areas),
    dimension: (id) => dimensionTitle(id, agreement, language, translate),
  };
}

function showChanges(terminal: Terminal, answer: ChangesAnswer, agreement: Agreement): void {
  const names = namesOf(terminal, answer, agreement);
  terminal.out(headline(terminal, answer));
  terminal.out(comparedLine(terminal, answer.compared, answer.mode));
  for (const [split, isMoney] of [
    [answer.count, false],
    [answer.value, true],
  ] as const) {
    if (split === null) continue;
    terminal.out('');
    for (const sentence of changeSentences(split, isMoney, names)) terminal.out(sentence);
    terminal.out('');
    showParts(terminal, split, isMoney, names, agreement);
  }
  const notes = changeNotes(answer, names);
  if (notes.length > 0) terminal.out('');
  for (const note of notes) terminal.out(`! ${note}`);
  for (const step of answer.steps) if (step.groups !== null) showStep(terminal, step, names);
}

function showParts(
  terminal: Terminal,
  split: SplitChange,
  isMoney: boolean,
  names: ChangeNames,
  agreement: Agreement,
): void {
  const { colours, translate } = terminal;
  const columns = [
    { title: translate('column.step_of'), align: 'left' as const },
    ...(['before', 'after', 'part'] as const).map((name) => ({
      title: translate(`column.${name}`),
      align: 'right' as const,
    })),
    { title: translate('column.owner'), align: 'left' as const },
  ];
  const [title = '', ...lines] = table(
    columns,
    split.parts.map((part) => [
      partName(part, names),
      factorText(part.kind, part.before, names),
      factorText(part.kind, part.after, names),
      partText(part.part, isMoney, names),
      names.area(part.owner),
    ]),
  );
  const most = Math.max(...split.parts.map(({ part }) => Math.abs(part))) || 1;
  const widest = Math.max(...lines.map((line) => line.length));
  const room = Math.max(0, Math.min(28, terminal.width - widest - 3));
  terminal.out(colours.dim(title));
  lines.forEach((line, position) => {
    const part = split.parts[position];
    const colour = part?.owner === agreement.areas[0]?.id ? colours.blue : colours.yellow;
    terminal.out(`${fit(line, widest)}  ${colour(bar(Math.abs(part?.part ?? 0) / most, room))}`.trimEnd());
  });
}

/** A step by the groups of a dimension: how much each moved the rate, and by what. */
function showStep(terminal: Terminal, step: StepByDimension, names: ChangeNames): void {
  const { colours, translate } = terminal;
  const { format } = names;
  terminal.out('');
  terminal.out(
    colours.bold(
      translate('changes.step_by', {
        of: names.stage(step.of),
        stage: names.stage(step.stage),
        dimension: names.dimension(step.dimension),
      }),
    ),
  );
  terminal.out(
    translate('changes.effects', {
      points: format.points(step.after - step.before),
      rate: format.points(step.rate_effect),
      mix: format.points(step.mix_effect),
    }),
  );
  const rate = (of: { readonly from: number; readonly to: number }): number | null =>
    of.from > 0 ? of.to / of.from : null;
  const columns = ['group', 'before', 'after', 'rate_effect', 'mix_effect'].map((name) => ({
    title: translate(`column.${name}`),
    align: name === 'group' ? ('left' as const) : ('right' as const),
  }));
  const [title = '', ...lines] = table(
    columns,
    (step.groups ?? []).map((group) => [
      group.kind === 'other'
        ? translate('changes.others')
        : groupText(group.kind, group.value, step.part, translate),
      `${format.percent(rate(group.before))} / ${format.count(group.before.from)}`,
      `${format.percent(rate(group.after))} / ${format.count(group.after.from)}`,
      format.points(group.rate_effect),
      format.points(group.mix_effect),
    ]),
  );
  terminal.out(colours.dim(title));
  for (const line of lines) terminal.out(line);
}
