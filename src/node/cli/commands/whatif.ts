import type { Command } from 'commander';
import type { Agreement } from '../../../core/agreement/agreement.ts';
import { reachedStages } from '../../../core/agreement/agreement.ts';
import { differences } from '../../../core/agreement/differences.ts';
import { parseAgreement } from '../../../core/agreement/parse.ts';
import { labelIn } from '../../../core/agreement/view.ts';
import { numberFormat } from '../../../core/diagnostic/numbers.ts';
import { goalValue, targetValue } from '../../../core/measures/target-words.ts';
import { whatifAnswer } from '../../../core/measures/whatif-answer.ts';
import type { WhatifAnswer, WhatifTarget } from '../../../core/measures/whatif-answer.ts';
import { causeText, standingText, whatifFindings } from '../../../core/measures/whatif-words.ts';
import type { WhatifNames } from '../../../core/measures/whatif-words.ts';
import type { AgreementDraft, Workspace } from '../../app/workspace.ts';
import { terminalOf, valueOf, withWorkspace } from '../session.ts';
import { table } from '../terminal.ts';
import type { TableColumn, Terminal } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { headline, showNothing } from './headline.ts';
import { questionFrom, readAgreementFile } from './measure-options.ts';

export const whatifCommand: CommandMaker = (program, translate) => {
  program
    .command('whatif <draft>')
    .description(translate('cli.whatif'))
    .option('--from <date>', translate('cli.option.from'))
    .option('--to <date>', translate('cli.option.to'))
    .option('--where <rule>', translate('cli.option.where'))
    .option('--filter <dimension=value...>', translate('cli.option.filter'))
    .option('--as-of <instant>', translate('cli.option.as_of'))
    .option('--stage <stage>', translate('cli.whatif.stage'))
    .option('--direction <direction>', translate('cli.whatif.direction'))
    .option('--limit <n>', translate('cli.whatif.limit'))
    .option('--offset <n>', translate('cli.whatif.offset'))
    .action(async (draft: string, options: Readonly<Record<string, unknown>>, self: Command) => {
      const terminal = terminalOf(self);
      const { stage, direction, limit, offset } = options;
      const own = Object.entries({ stage, direction, limit, offset }).filter(
        ([, value]) => value !== undefined,
      );
      const isVersion = /^\d+$/.test(draft);
      const question = {
        ...questionFrom(options),
        ...Object.fromEntries(own),
        ...(isVersion ? { draft } : {}),
      };
      const file = isVersion ? undefined : await readAgreementFile(draft);
      await withWorkspace(self, async (workspace) => {
        const answer = whatifAnswer.parse(valueOf(await workspace.ask('whatif', question, file)));
        if (terminal.json) {
          terminal.out(JSON.stringify(answer));
          return;
        }
        if (await showNothing(terminal, answer, workspace)) return;
        const { agreement } = await workspace.agreement();
        showWhatif(terminal, answer, agreement, await draftAgreement(draft, file, workspace));
      });
    });
};

async function draftAgreement(
  draft: string,
  file: AgreementDraft | undefined,
  workspace: Workspace,
): Promise<Agreement> {
  const text = file?.text ?? valueOf(await workspace.versionText(Number(draft)));
  return valueOf(parseAgreement(text, file?.file));
}

/** The names of both agreements, the draft's first. */
function namesOf(terminal: Terminal, answer: WhatifAnswer, agreements: readonly Agreement[]): WhatifNames {
  const { translate, language } = terminal;
  const named = (all: readonly Pick<Agreement['areas'][number], 'id' | 'label'>[], id: string): string =>
    labelIn(id, all.find((each) => each.id === id)?.label ?? {}, language);
  return {
    translate,
    format: numberFormat(language, answer.currency, answer.range.timezone),
    stage: (id) =>
      named(
        agreements.flatMap(({ stages }) => stages),
        id,
      ),
    area: (id) =>
      named(
        agreements.flatMap(({ areas }) => areas),
        id,
      ),
    criterion: (stage, id) =>
      named(
        agreements.flatMap(
          (agreement) => reachedStages(agreement).find((each) => each.id === stage)?.criteria ?? [],
        ),
        id,
      ),
  };
}

function showWhatif(terminal: Terminal, answer: WhatifAnswer, now: Agreement, draft: Agreement): void {
  const { colours, translate, language } = terminal;
  const names = namesOf(terminal, answer, [draft, now]);
  const { format } = names;
  terminal.out(headline(terminal, answer));
  terminal.out('');
  for (const { code, params } of differences(now, draft, language))
    terminal.out(`• ${translate(code, params)}`);
  terminal.out('');
  for (const sentence of whatifFindings(answer, names)) terminal.out(sentence);
  terminal.out('');
  const signed = (count: number, sign: string): string =>
    count === 0 ? '–' : `${sign}${format.count(count)}`;
  for (const line of table(
    columns(['stage', 'today', 'draft', 'gains', 'loses', 'rate_today', 'rate_draft', 'owner'], terminal),
    answer.stages.map((stage) => [
      names.stage(stage.id),
      format.count(stage.today),
      format.count(stage.draft),
      signed(stage.gained, '+'),
      signed(stage.lost, '−'),
      format.percent(stage.today_rate),
      format.percent(stage.draft_rate),
      names.area(stage.owner),
    ]),
  ))
    terminal.out(line);
  if (answer.value.today !== answer.value.draft)
    terminal.out(
      translate('cli.whatif.value', {
        today: format.money(answer.value.today),
        draft: format.money(answer.value.draft),
      }),
    );
  showTargets(terminal, answer.targets, names, draft, now);
  if (answer.listed.length === 0) return;
  terminal.out('');
  terminal.out(
    colours.bold(
      translate('cli.whatif.listed', {
        shown: format.count(answer.listed.length),
        changed: format.count(answer.changed),
      }),
    ),
  );
  for (const lead of answer.listed)
    terminal.out(
      `  ${lead.id}  ${standingText(lead.today, names)} → ${standingText(lead.draft, names)}  ${colours.dim(causeText(lead, names))}`,
    );
}

function showTargets(
  terminal: Terminal,
  targets: readonly WhatifTarget[],
  names: WhatifNames,
  draft: Agreement,
  now: Agreement,
): void {
  if (targets.length === 0) return;
  const { language } = terminal;
  const all = [...draft.targets, ...now.targets];
  terminal.out('');
  for (const line of table(
    columns(['target', 'period', 'today', 'draft', 'goal', 'owner'], terminal),
    targets.map((target) => {
      const own = all.find(({ id }) => id === target.id);
      const figure = (value: number | null): string => targetValue(own?.metric.kind ?? 'count', value, names);
      const goal = target.draft_goal ?? target.today_goal;
      return [
        labelIn(target.id, own?.label ?? {}, language),
        `${target.from} – ${target.to}`,
        figure(target.today),
        figure(target.draft),
        `${target.bound === 'at_least' ? '≥' : '≤'} ${goalValue(own?.metric.kind ?? 'count', goal, names)}`,
        names.area(target.owner),
      ];
    }),
  ))
    terminal.out(line);
}

const WORDS: ReadonlySet<string> = new Set(['stage', 'owner', 'target', 'period']);

function columns(names: readonly string[], { translate }: Terminal): readonly TableColumn[] {
  return names.map((name) => ({
    title: translate(`cli.whatif.column_${name}`),
    align: WORDS.has(name) ? 'left' : 'right',
  }));
}
