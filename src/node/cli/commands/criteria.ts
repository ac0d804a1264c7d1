import type { Command } from 'commander';
import type { Agreement } from '../../../core/agreement/agreement.ts';
import { labelIn } from '../../../core/agreement/view.ts';
import { numberFormat } from '../../../core/diagnostic/numbers.ts';
import { criteriaAnswer } from '../../../core/measures/criteria-answer.ts';
import type {
  CriteriaAnswer,
  CriteriaStage,
  CriterionAnswer,
} from '../../../core/measures/criteria-answer.ts';
import {
  criterionFindings,
  differenceText,
  datumName,
  missingCounts,
  missingFinding,
} from '../../../core/measures/criterion-words.ts';
import type { CriterionReader } from '../../../core/measures/criterion-words.ts';
import { terminalOf } from '../session.ts';
import { table, wrapped } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { headline, showNothing } from './headline.ts';
import { addMeasureOptions, askMeasure, questionFrom } from './measure-options.ts';

export const criteriaCommand: CommandMaker = (program, translate) => {
  const command = program.command('criteria').description(translate('cli.criteria'));
  addMeasureOptions(command, translate, { compares: false }).action(
    async (options: Readonly<Record<string, unknown>>, self: Command) => {
      const terminal = terminalOf(self);
      await askMeasure(self, 'criteria', questionFrom(options), async (value, workspace) => {
        const answer = criteriaAnswer.parse(value);
        if (terminal.json) terminal.out(JSON.stringify(answer));
        else if (!(await showNothing(terminal, answer, workspace)))
          showCriteria(terminal, answer, (await workspace.agreement()).agreement);
      });
    },
  );
};

/** The names and numbers of an agreement in the terminal's language. */
export function criterionReader(
  { language, translate }: Terminal,
  { stages, areas, fields, currency, timezone }: Agreement,
): CriterionReader {
  const label = (id: string, all: readonly { id: string; label: Agreement['areas'][number]['label'] }[]) =>
    labelIn(id, all.find((each) => each.id === id)?.label ?? {}, language);
  const named = fields.map((field) => ({ id: field.name, label: field.label }));
  return {
    language,
    translate,
    format: numberFormat(language, currency, timezone),
    stage: (id) => label(id, stages),
    area: (id) => label(id, areas),
    field: (name) => label(name, named),
  };
}

export function criterionLabel(
  agreement: Agreement,
  stageId: string,
  criterionId: string,
  { language }: Terminal,
): string {
  const stage = agreement.stages.find((each) => each.id === stageId);
  const found =
    stage?.kind === 'reached' ? stage.criteria.find((each) => each.id === criterionId) : undefined;
  return labelIn(criterionId, found?.label ?? {}, language);
}

/** Columns that a narrow terminal does without, the first to go first. */
const SPARE = ['rates', 'difference'] as const;

function showCriteria(terminal: Terminal, answer: CriteriaAnswer, agreement: Agreement): void {
  const { colours, translate } = terminal;
  const reader = criterionReader(terminal, agreement);
  terminal.out(headline(terminal, answer));
  if (answer.stages.length === 0) {
    terminal.out('');
    terminal.out(translate('cli.criteria.none'));
    return;
  }
  const named = answer.stages.flatMap((stage) =>
    stage.criteria.map((criterion) => ({
      criterion,
      label: criterionLabel(agreement, stage.id, criterion.id, terminal),
    })),
  );
  const spared = new Set<string>();
  const draw = (): readonly string[] => {
    const columns = columnsOf(answer, reader).filter(({ name }) => !spared.has(name));
    return table(
      columns,
      named.map(({ criterion, label }) => columns.map(({ cell }) => cell(criterion, label))),
    );
  };
  for (const name of SPARE) {
    if (Math.max(...draw().map((line) => line.length)) <= terminal.width) break;
    spared.add(name);
  }
  const [title = '', ...lines] = draw();
  terminal.out('');
  terminal.out(colours.dim(title));
  let next = 0;
  for (const stage of answer.stages) {
    const colour = stage.owner === agreement.areas[0]?.id ? colours.blue : colours.yellow;
    const asked = translate('criterion.asked', { leads: reader.format.count(stage.asked), n: stage.asked });
    terminal.out('');
    terminal.out(
      `${colours.bold(reader.stage(stage.id))}  ${colour(reader.area(stage.owner))} ${colours.dim(`· ${asked}`)}`,
    );
    for (const criterion of stage.criteria) {
      const line = lines[next] ?? '';
      next += 1;
      terminal.out(criterion.verdict === 'not_enough' ? colours.dim(line) : line);
      // What the row says already needs no words.
      if (criterion.verdict === 'sale' || (criterion.verdict === 'distinguishes' && spared.size === 0))
        continue;
      tell(terminal, '  → ', criterionFindings(criterion, answer.sale, reader).join(' '));
    }
    for (const text of missingTexts(stage, answer.sale, reader)) tell(terminal, '  ? ', text);
  }
}

interface CriterionColumn {
  readonly name: string;
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (criterion: CriterionAnswer, label: string) => string;
}

function columnsOf(answer: CriteriaAnswer, reader: CriterionReader): readonly CriterionColumn[] {
  const { translate, format, stage } = reader;
  const count = (result: 'pass' | 'fail' | 'unknown'): CriterionColumn => ({
    name: result,
    title: translate(`criterion.result.${result}`),
    align: 'right',
    cell: (criterion) => format.count(criterion[result].leads),
  });
  return [
    {
      name: 'criterion',
      title: translate('criterion.column.criterion'),
      align: 'left',
      cell: (_, label) => label,
    },
    count('pass'),
    count('fail'),
    count('unknown'),
    {
      name: 'rates',
      title: translate('criterion.column.rates', { sale: stage(answer.sale) }),
      align: 'right',
      cell: ({ verdict, pass, fail }) =>
        verdict === 'sale' ? '–' : `${format.percent(pass.rate.rate)} / ${format.percent(fail.rate.rate)}`,
    },
    {
      name: 'difference',
      title: translate('criterion.column.difference'),
      align: 'right',
      cell: (criterion) => differenceText(criterion, reader),
    },
    {
      name: 'verdict',
      title: '',
      align: 'left',
      cell: ({ verdict }) => translate(`criterion.verdict.${verdict}`),
    },
  ];
}

/** What is missing at a stage, each datum with what it costs. */
function missingTexts(stage: CriteriaStage, sale: string, reader: CriterionReader): readonly string[] {
  return stage.missing.map((datum) => {
    const cost = missingFinding(datum, stage, sale, reader);
    const counted = `${datumName(datum, reader)}: ${missingCounts(datum, reader).join('; ')}.`;
    return cost === null ? counted : `${counted} ${cost}`;
  });
}

/** A finding under its row: as wide as reads well, the lines after the first set in. */
function tell(terminal: Terminal, mark: string, text: string): void {
  const lines = wrapped(text, Math.min(terminal.width, 100) - mark.length);
  lines.forEach((line, index) =>
    terminal.out(terminal.colours.dim(`${index === 0 ? mark : ' '.repeat(mark.length)}${line}`)),
  );
}
