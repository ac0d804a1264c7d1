import type { Command } from 'commander';
import { labelIn } from '../../../core/agreement/view.ts';
import type { Agreement } from '../../../core/agreement/agreement.ts';
import { numberFormat } from '../../../core/diagnostic/numbers.ts';
import { groupText } from '../../../core/measures/group-text.ts';
import { opportunitiesAnswer } from '../../../core/measures/opportunities-answer.ts';
import type { OpportunitiesAnswer, Opportunity } from '../../../core/measures/opportunities-answer.ts';
import {
  estimateText,
  opportunityFindings,
  opportunitySentence,
} from '../../../core/measures/opportunity-words.ts';
import type { OpportunityNames } from '../../../core/measures/opportunity-words.ts';
import { dimensionTitle } from '../../server/dimension-title.ts';
import { terminalOf } from '../session.ts';
import { bar } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { headline, showNothing } from './headline.ts';
import { addMeasureOptions, askMeasure, questionFrom } from './measure-options.ts';

export const opportunitiesCommand: CommandMaker = (program, translate) => {
  const command = program.command('opportunities').description(translate('cli.opportunities'));
  addMeasureOptions(command, translate, { compares: false })
    .option('--top <n>', translate('cli.option.top'))
    .action(async (options: Readonly<Record<string, unknown>>, self: Command) => {
      const terminal = terminalOf(self);
      const { top } = options;
      const question = { ...questionFrom(options), ...(top === undefined ? {} : { top }) };
      await askMeasure(self, 'opportunities', question, async (value, workspace) => {
        const answer = opportunitiesAnswer.parse(value);
        if (terminal.json) terminal.out(JSON.stringify(answer));
        else if (!(await showNothing(terminal, answer, workspace)))
          showOpportunities(terminal, answer, question, (await workspace.agreement()).agreement);
      });
    });
};

/** The command that lists the leads behind an opportunity, as the same question asked for it. */
function leadsCommand({ opens }: Opportunity, question: Readonly<Record<string, unknown>>): string {
  const { where, as_of: asOf, agreement } = question;
  const flags = {
    stage: opens.stage,
    unreached: opens.unreached,
    from: opens.from,
    to: opens.to,
    where,
    'as-of': asOf,
    agreement,
  };
  const given = [
    ...Object.entries(flags).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    ...opens.filter.map((filter) => ['filter', filter]),
  ];
  return `tregua leads ${given.map(([name = '', value = '']) => `--${name} ${shellWord(value)}`).join(' ')}`;
}

/** A word as a POSIX shell takes it. */
function shellWord(text: string): string {
  return /^[\w.,:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function showOpportunities(
  terminal: Terminal,
  answer: OpportunitiesAnswer,
  question: Readonly<Record<string, unknown>>,
  agreement: Agreement,
): void {
  const { colours, translate, language } = terminal;
  const named =
    (all: readonly Pick<Agreement['areas'][number], 'id' | 'label'>[]) =>
    (id: string): string =>
      labelIn(id, all.find((each) => each.id === id)?.label ?? {}, language);
  const names: OpportunityNames = {
    translate,
    format: numberFormat(language, answer.currency, answer.range.timezone),
    stage: named(agreement.stages),
    area: named(agreement.areas),
    dimension: (id) => dimensionTitle(id, agreement, language, translate),
    group: (value, part) => groupText('value', value, part, translate),
  };
  terminal.out(headline(terminal, answer));
  terminal.out('');
  terminal.out(opportunityFindings(answer, names));
  const most = Math.max(0, ...answer.opportunities.map(({ sales }) => sales?.value ?? 0));
  answer.opportunities.forEach((item, position) => {
    terminal.out('');
    terminal.out(`${position + 1}. ${opportunitySentence(item, names)}`);
    const colour = item.owner === agreement.areas[0]?.id ? colours.blue : colours.yellow;
    if (item.sales !== null && most > 0) {
      const stake = estimateText(item.sales, false, names);
      terminal.out(`   ${colour(bar(item.sales.value / most, 24))} ${stake}`);
    }
    if (item.also.length > 0) {
      const others = item.also.map(
        (each) => `${names.dimension(each.dimension)}: ${names.group(each.value, each.part)}`,
      );
      terminal.out(colours.dim(`   ${translate('opportunities.also', { groups: others.join(', ') })}`));
    }
    const opened = { n: item.opens.total, count: names.format.count(item.opens.total) };
    const command = leadsCommand(item, question);
    terminal.out(colours.dim(`   ${translate('cli.opportunities.leads', { ...opened, command })}`));
  });
  if (answer.opportunities.length > 0) {
    terminal.out('');
    terminal.out(colours.dim(translate('opportunities.overlap')));
  }
}
