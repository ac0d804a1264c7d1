import type { Command } from 'commander';
import type { Agreement } from '../../../core/agreement/agreement.ts';
import { labelIn } from '../../../core/agreement/view.ts';
import { numberFormat } from '../../../core/diagnostic/numbers.ts';
import { groupText } from '../../../core/measures/group-text.ts';
import { SELLER } from '../../../core/measures/handoff-groups.ts';
import { handoffsAnswer } from '../../../core/measures/handoffs-answer.ts';
import type { HandoffAnswer, HandoffsAnswer } from '../../../core/measures/handoffs-answer.ts';
import {
  handoffFinding,
  timesFinding,
  waitingFinding,
  waitText,
} from '../../../core/measures/handoff-words.ts';
import type { HandoffNames } from '../../../core/measures/handoff-words.ts';
import { dimensionTitle } from '../../server/dimension-title.ts';
import { terminalOf } from '../session.ts';
import { table, wrapped } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { headline, showNothing } from './headline.ts';
import { addMeasureOptions, askMeasure, questionFrom } from './measure-options.ts';

const MEMBERS = ['handoff', 'by', 'top', 'oldest'] as const;
/** Those waiting whom a terminal lists, unless it is asked for more. */
const MOST_WAITING = '10';

export const handoffsCommand: CommandMaker = (program, translate) => {
  const command = program.command('handoffs').description(translate('cli.handoffs'));
  addMeasureOptions(command, translate, { compares: false })
    .option('--handoff <id>', translate('cli.option.handoff'))
    .option('--by <dimension>', translate('cli.option.handoff_by'))
    .option('--top <n>', translate('cli.option.top'))
    .option('--oldest <n>', translate('cli.option.oldest'))
    .action(async (options: Readonly<Record<string, unknown>>, self: Command) => {
      const terminal = terminalOf(self);
      const extra = Object.fromEntries(
        MEMBERS.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
      );
      const question = {
        ...(terminal.json ? {} : { oldest: MOST_WAITING }),
        ...questionFrom(options),
        ...extra,
      };
      await askMeasure(self, 'handoffs', question, async (value, workspace) => {
        const answer = handoffsAnswer.parse(value);
        if (terminal.json) terminal.out(JSON.stringify(answer));
        else if (!(await showNothing(terminal, answer, workspace)))
          showHandoffs(terminal, answer, (await workspace.agreement()).agreement);
      });
    });
};

function showHandoffs(terminal: Terminal, answer: HandoffsAnswer, agreement: Agreement): void {
  const { translate, language, colours } = terminal;
  const named =
    (all: readonly Pick<Agreement['areas'][number], 'id' | 'label'>[]) =>
    (id: string): string =>
      labelIn(id, all.find((each) => each.id === id)?.label ?? {}, language);
  const names: HandoffNames = {
    translate,
    format: numberFormat(language, agreement.currency, answer.range.timezone),
    stage: named(agreement.stages),
    area: named(agreement.areas),
  };
  const label = named(agreement.handoffs);
  terminal.out(headline(terminal, answer));
  if (answer.handoffs.length === 0) {
    terminal.out('');
    terminal.out(translate('handoffs.none'));
    return;
  }
  for (const handoff of answer.handoffs) {
    terminal.out('');
    const colour = handoff.owner === agreement.areas[0]?.id ? colours.blue : colours.yellow;
    terminal.out(`${colours.bold(label(handoff.id))}  ${colour(names.area(handoff.owner))}`);
    const findings = [
      handoffFinding(handoff, names),
      waitingFinding(handoff, answer, names),
      timesFinding(handoff, names),
    ];
    for (const finding of findings) {
      if (finding === null) continue;
      for (const line of wrapped(finding, Math.min(terminal.width, 100))) terminal.out(line);
    }
    if (handoff.entered > 0) showGroups(terminal, handoff, answer, names, agreement);
    if (handoff.oldest.length > 0) showWaiting(terminal, handoff, answer, names);
  }
}

const COUNTS = ['entered', 'kept', 'late', 'overdue', 'missed', 'pending', 'closed'] as const;

/** Columns that a narrow terminal does without, the first to go first. */
const SPARE = ['column.interval', 'column.median'] as const;

/** A row a group, and all of them together. */
function showGroups(
  terminal: Terminal,
  handoff: HandoffAnswer,
  answer: HandoffsAnswer,
  { format }: HandoffNames,
  agreement: Agreement,
): void {
  const { colours, translate, language, width } = terminal;
  const title =
    answer.by.dimension === SELLER
      ? translate('handoffs.seller')
      : dimensionTitle(answer.by.dimension, agreement, language, translate);
  const total = {
    ...handoff,
    kind: 'total' as const,
    value: null,
    small: false,
    differs: false,
    members: handoff.groups.length,
  };
  const groups = [...handoff.groups, total];
  const columns = [
    { title, align: 'left' as const },
    ...COUNTS.map((name) => ({ title: translate(`handoffs.answer.${name}`), align: 'right' as const })),
    { title: '%', align: 'right' as const },
    { title: translate('column.interval'), align: 'right' as const },
    { title: translate('column.median'), align: 'right' as const },
    { title: '', align: 'left' as const },
  ];
  const rows = groups.map((group) => [
    groupText(group.kind, group.value, answer.by.part, translate, group.members),
    ...COUNTS.map((name) => format.count(group[name])),
    format.percent(group.share.rate),
    format.interval(group.share.low, group.share.high),
    group.time === null ? '–' : waitText(group.time.p50, handoff.working, format),
    group.differs
      ? translate(
          (group.share.rate ?? 0) > (handoff.share.rate ?? 0) ? 'cli.breakdown.above' : 'cli.breakdown.below',
        )
      : '',
  ]);
  const spared: string[] = [];
  const draw = (): readonly string[] => table(...without(columns, rows, spared));
  for (const name of SPARE) {
    if (Math.max(...draw().map((line) => line.length)) <= width) break;
    spared.push(translate(name));
  }
  const [head = '', ...lines] = draw();
  terminal.out('');
  terminal.out(colours.dim(head));
  lines.forEach((line, nth) => {
    const group = groups[nth];
    terminal.out(
      group?.kind === 'total' ? colours.bold(line) : group?.small === true ? colours.dim(line) : line,
    );
  });
  if (groups.some(({ small }) => small)) terminal.out(colours.dim(translate('handoffs.small')));
}

type Columns = Parameters<typeof table>[0];

function without(
  columns: Columns,
  rows: readonly (readonly string[])[],
  titles: readonly string[],
): [Columns, readonly (readonly string[])[]] {
  const stays = columns.map(({ title }) => !titles.includes(title));
  return [
    columns.filter((_, nth) => stays[nth] === true),
    rows.map((row) => row.filter((_, nth) => stays[nth] === true)),
  ];
}

/** Those waiting, the oldest first. */
function showWaiting(
  terminal: Terminal,
  handoff: HandoffAnswer,
  answer: HandoffsAnswer,
  { format }: HandoffNames,
): void {
  const { colours, translate } = terminal;
  const columns = [
    { title: translate('csv.id'), align: 'left' as const },
    { title: translate('handoffs.column.since'), align: 'left' as const },
    { title: translate('handoffs.column.waited'), align: 'right' as const },
    { title: translate('handoffs.column.due'), align: 'left' as const },
    { title: '', align: 'left' as const },
    { title: translate('handoffs.seller'), align: 'left' as const },
  ];
  const rows = handoff.oldest.map((lead) => [
    lead.id,
    format.instant(lead.since),
    waitText(lead.waited, handoff.working, format),
    format.instant(lead.due_at),
    translate(lead.overdue ? 'handoffs.overdue' : 'handoffs.due'),
    lead.seller ?? '–',
  ]);
  const [title = '', ...lines] = table(columns, rows);
  terminal.out('');
  terminal.out(colours.dim(title));
  for (const line of lines) terminal.out(line);
  const shown = handoff.oldest.length;
  terminal.out(
    colours.dim(
      translate('handoffs.shown', {
        shown: format.count(shown),
        waiting: format.count(handoff.waiting),
        now: format.instant(answer.now),
      }),
    ),
  );
}
