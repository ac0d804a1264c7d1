import type { Command } from 'commander';
import { Option } from 'commander';
import type { Agreement } from '../../../core/agreement/agreement.ts';
import { labelIn } from '../../../core/agreement/view.ts';
import { leadAnswer, leadsAnswer } from '../../../core/measures/answer.ts';
import type { LeadAnswer } from '../../../core/measures/answer.ts';
import { activityText, leadStory } from '../../../core/measures/lead-words.ts';
import type { LeadNames } from '../../../core/measures/lead-words.ts';
import { ANSWERS } from '../../../core/measures/handoff-outcomes.ts';
import { numberFormat } from '../../../core/diagnostic/numbers.ts';
import { terminalOf } from '../session.ts';
import { table } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { headline, showNothing } from './headline.ts';
import { addMeasureOptions, askMeasure, questionFrom } from './measure-options.ts';

/** What the question has of the flags as they are. */
const MEMBERS = [
  'stage',
  'status',
  'unreached',
  'criterion',
  'result',
  'missing',
  'sold',
  'handoff',
  'answer',
  'by',
  'group',
  'search',
  'sort',
  'limit',
  'offset',
] as const;

export const leadsCommand: CommandMaker = (program, translate) => {
  const command = program.command('leads').description(translate('cli.leads'));
  addMeasureOptions(command, translate, { compares: false })
    .option('--stage <id>', translate('cli.option.stage'))
    .addOption(
      new Option('--status <status>', translate('cli.option.status')).choices([
        'open',
        'lost',
        'won',
        'skipped',
        'late',
      ]),
    )
    .option('--unreached <id>', translate('cli.option.unreached'))
    .option('--criterion <stage.criterion>', translate('cli.option.criterion'))
    .addOption(
      new Option('--result <result>', translate('cli.option.result')).choices(['pass', 'fail', 'unknown']),
    )
    .option('--missing <stage.field>', translate('cli.option.missing'))
    .option('--alone', translate('cli.option.alone'))
    .addOption(new Option('--sold <which>', translate('cli.option.sold')).choices(['yes', 'uncounted']))
    .option('--handoff <id>', translate('cli.option.handoff'))
    .addOption(new Option('--answer <how>', translate('cli.option.answer')).choices(ANSWERS))
    .option('--by <dimension>', translate('cli.option.handoff_by'))
    .option('--group <value>', translate('cli.option.group'))
    .option('--search <text>', translate('cli.option.search'))
    .option('--sort <name>', translate('cli.option.sort'))
    .option('--limit <n>', translate('cli.option.limit'))
    .option('--offset <n>', translate('cli.option.offset'))
    .action(async (options: Readonly<Record<string, unknown>>, self: Command) => {
      const terminal = terminalOf(self);
      const extra = Object.fromEntries(
        MEMBERS.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
      );
      const { alone } = options;
      const question = { ...questionFrom(options), ...extra, ...(alone === true ? { alone: 'yes' } : {}) };
      await askMeasure(self, 'leads', question, async (value, workspace) => {
        const answer = leadsAnswer.parse(value);
        if (terminal.json) {
          terminal.out(JSON.stringify(answer));
          return;
        }
        if (await showNothing(terminal, answer, workspace)) return;
        const { agreement } = await workspace.agreement();
        const format = numberFormat(terminal.language, agreement.currency, answer.range.timezone);
        terminal.out(headline(terminal, answer));
        terminal.out('');
        const columns = ['id', 'created_at', 'status', 'at_stage', 'value'].map((name) => ({
          title: terminal.translate(`csv.${name}`),
          align: name === 'value' ? ('right' as const) : ('left' as const),
        }));
        const rows = answer.leads.map((lead) => [
          lead.id,
          format.instant(lead.created_at),
          terminal.translate(`status.${lead.status}`),
          stageName(agreement, lead.at_stage, terminal),
          format.money(lead.value),
        ]);
        const [title = '', ...lines] = table(columns, rows);
        terminal.out(terminal.colours.dim(title));
        for (const line of lines) terminal.out(line);
        terminal.out(
          terminal.colours.dim(
            terminal.translate('cli.leads.total', { shown: answer.leads.length, total: answer.total }),
          ),
        );
      });
    });
};

function stageName(agreement: Agreement, id: string | null, { language }: Terminal): string {
  if (id === null) return '–';
  return labelIn(id, agreement.stages.find((stage) => stage.id === id)?.label ?? {}, language);
}

export const leadCommand: CommandMaker = (program, translate) => {
  program
    .command('lead <id>')
    .description(translate('cli.lead'))
    .option('--as-of <day|instant>', translate('cli.option.as_of'))
    .action(async (id: string, options: { asOf?: string }, self: Command) => {
      const terminal = terminalOf(self);
      const question = { id, ...(options.asOf === undefined ? {} : { as_of: options.asOf }) };
      await askMeasure(self, 'lead', question, async (value, workspace) => {
        const answer = leadAnswer.parse(value);
        const { agreement } = await workspace.agreement();
        if (terminal.json) terminal.out(JSON.stringify(answer));
        else showLead(terminal, answer, agreement);
      });
    });
};

const MARKS = { true: '✓', false: '✗', unknown: '?' } as const;

function showLead(terminal: Terminal, answer: LeadAnswer, agreement: Agreement): void {
  const { colours, translate, language } = terminal;
  const format = numberFormat(language, agreement.currency, agreement.timezone);
  terminal.out(
    `${colours.bold(answer.id)}  ${colours.dim(`${translate(`status.${answer.status}`)} · ${stageName(agreement, answer.at_stage, terminal)}`)}`,
  );
  for (const { id, rung, source } of answer.identities) {
    const words = { id, rung: translate(`rung.${rung}`), source: source ?? '' };
    terminal.out(
      colours.dim(`+ ${translate(source === null ? 'lead.identity' : 'lead.identity_of', words)}`),
    );
  }
  terminal.out('');
  for (const { text } of leadStory(answer, namesOf(agreement, terminal))) terminal.out(text);
  terminal.out('');
  for (const entry of answer.timeline)
    terminal.out(`${colours.dim(format.instant(entry.at))}  ${entryText(entry, agreement, terminal)}`);
  for (const stage of answer.stages) {
    const described = agreement.stages.find((each) => each.id === stage.id);
    const when = stage.reached_at === null ? translate('lead.not_reached') : format.instant(stage.reached_at);
    terminal.out('');
    terminal.out(`${colours.bold(stageName(agreement, stage.id, terminal))}  ${when}`);
    for (const criterion of stage.criteria) {
      const label =
        described?.kind === 'reached'
          ? described.criteria.find((each) => each.id === criterion.id)?.label
          : undefined;
      const missing = criterion.missing.map((name) =>
        labelIn(name, agreement.fields.find((field) => field.name === name)?.label ?? {}, language),
      );
      const why = missing.length > 0 ? `  ${translate('lead.missing', { fields: missing.join(', ') })}` : '';
      terminal.out(
        `  ${MARKS[criterion.value]} ${labelIn(criterion.id, label ?? {}, language)}${colours.dim(why)}`,
      );
    }
  }
}

function namesOf(agreement: Agreement, terminal: Terminal): LeadNames {
  const { language, translate } = terminal;
  return {
    language,
    timezone: agreement.timezone,
    translate,
    format: numberFormat(language, agreement.currency, agreement.timezone),
    stage: (id) => stageName(agreement, id, terminal),
    area: (id) => labelIn(id, agreement.areas.find((area) => area.id === id)?.label ?? {}, language),
    field: (name) =>
      labelIn(name, agreement.fields.find((field) => field.name === name)?.label ?? {}, language),
    criterion: (stageId, id) => {
      const stage = agreement.stages.find((each) => each.id === stageId);
      const found = stage?.kind === 'reached' ? stage.criteria.find((each) => each.id === id) : undefined;
      return labelIn(id, found?.label ?? {}, language);
    },
    loss: (rule) => labelIn(rule, agreement.lost.find((each) => each.id === rule)?.label ?? {}, language),
  };
}

function entryText(entry: LeadAnswer['timeline'][number], agreement: Agreement, terminal: Terminal): string {
  const { translate, language } = terminal;
  switch (entry.kind) {
    case 'stage':
      return translate('lead.reached', { stage: stageName(agreement, entry.stage, terminal) });
    case 'lost': {
      const rule = agreement.lost.find((each) => each.id === entry.rule);
      // A rule that names no reason is the reason.
      return translate('lead.lost', {
        reason: entry.reason ?? labelIn(entry.rule, rule?.label ?? {}, language),
      });
    }
    case 'activity':
      return [activityText(entry, translate), entry.seller, entry.reason]
        .filter((text) => text !== null)
        .join(' · ');
    case 'version':
      return Object.entries(entry.changes)
        .map(([name, { to }]) => {
          const field = agreement.fields.find((each) => each.name === name);
          return `${labelIn(name, field?.label ?? {}, language)}: ${to === null ? '–' : String(to)}`;
        })
        .join(' · ');
  }
}
