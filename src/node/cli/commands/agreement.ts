import { join } from 'node:path';
import type { Command } from 'commander';
import type { Agreement } from '../../../core/agreement/agreement.ts';
import { parseAgreement } from '../../../core/agreement/parse.ts';
import { viewAgreement } from '../../../core/agreement/view.ts';
import type { AgreementView } from '../../../core/agreement/view.ts';
import { fault } from '../../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../../core/diagnostic/errors.ts';
import { numberFormat } from '../../../core/diagnostic/numbers.ts';
import { criteriaAnswer } from '../../../core/measures/criteria-answer.ts';
import { AGREEMENT_FILE } from '../../app/home.ts';
import { errorBody } from '../../server/problem.ts';
import { homeOf, terminalOf, valueOf, withWorkspace } from '../session.ts';
import { tellFaults } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { criteriaWarnings } from './criteria-warnings.ts';
import { addVersionCommands } from './agreement-versions.ts';
import { readAgreementFile } from './measure-options.ts';

async function readNamed(
  file: string | undefined,
  command: Command,
): Promise<{ name: string; text: string }> {
  const { text } = await readAgreementFile(file ?? join(await homeOf(command), AGREEMENT_FILE));
  return { name: file ?? AGREEMENT_FILE, text };
}

export const agreementCommand: CommandMaker = (program, translate) => {
  const agreement = program.command('agreement').description(translate('cli.agreement'));
  agreement
    .command('check [file]')
    .description(translate('cli.agreement.check'))
    .option('--data', translate('cli.agreement.data'))
    .option('--as-of <day|instant>', translate('cli.option.as_of'))
    .action(async (file: string | undefined, options: CheckOptions, self: Command) => {
      const terminal = terminalOf(self);
      const { name, text } = await readNamed(file, self);
      const result = parseAgreement(text, name);
      if (!result.ok) {
        tellFaults(terminal, result.faults, new Map([[name, text]]));
        process.exitCode = 1;
        return;
      }
      const { stages, fields } = result.value;
      const found =
        options.data === true ? await checkWithData(self, result.value, { name, text }, options.asOf) : null;
      if (terminal.json) {
        const warnings = found?.warnings.map((each) => errorBody(each, terminal.translate));
        const told = { ok: true, name: result.value.name, ...(warnings === undefined ? {} : { warnings }) };
        terminal.out(JSON.stringify(told));
        return;
      }
      terminal.out(
        terminal.translate('cli.agreement.fine', {
          name: result.value.name,
          stages: stages.length,
          fields: fields.length,
        }),
      );
      if (found === null) return;
      tellFaults(terminal, found.warnings, new Map([[name, text]]));
      if (found.warnings.length === 0) {
        terminal.out(terminal.translate(`cli.agreement.data_${found.empty ? 'empty' : 'fine'}`));
        if (found.empty) terminal.out(`→ ${terminal.translate('cli.agreement.data_empty.hint')}`);
      }
    });
  agreement
    .command('show [file]')
    .description(translate('cli.agreement.show'))
    .action(async (file: string | undefined, _options: unknown, self: Command) => {
      const terminal = terminalOf(self);
      const { name, text } = await readNamed(file, self);
      const view = viewAgreement(valueOf(parseAgreement(text, name)), terminal.language);
      if (terminal.json) terminal.out(JSON.stringify(view));
      else showAgreement(terminal, view);
    });
  addVersionCommands(agreement, translate);
};

interface CheckOptions {
  readonly data?: true;
  readonly asOf?: string;
}

/** What the workspace's data say of an agreement, which must be the one that they are counted by. */
async function checkWithData(
  command: Command,
  agreement: Agreement,
  text: { readonly name: string; readonly text: string },
  asOf: string | undefined,
): Promise<{ readonly warnings: readonly Diagnostic[]; readonly empty: boolean }> {
  return withWorkspace(command, async (workspace) => {
    const { agreement: counted } = await workspace.agreement();
    if (JSON.stringify(counted) !== JSON.stringify(agreement))
      throw new FaultError([fault('cli.agreement.data_other', { file: text.name })]);
    const asked = asOf === undefined ? {} : { as_of: asOf };
    const answer = criteriaAnswer.parse(valueOf(await workspace.ask('criteria', asked)));
    return {
      warnings: criteriaWarnings(answer, agreement, text, terminalOf(command)),
      empty: (await workspace.status(asked)).extent === null,
    };
  });
}

function showAgreement(terminal: Terminal, view: AgreementView): void {
  const { colours, translate } = terminal;
  const format = numberFormat(terminal.language, view.currency, view.timezone);
  const area = (id: string): string => view.areas.find((each) => each.id === id)?.label ?? id;
  terminal.out(`${colours.bold(view.name)}  ${colours.dim(`${view.timezone} · ${view.currency}`)}`);
  for (const stage of view.stages) {
    terminal.out('');
    terminal.out(
      `${colours.bold(stage.label)}  ${colours.dim(translate('cli.agreement.owner', { area: area(stage.owner) }))}`,
    );
    if (stage.kind === 'measured')
      terminal.out(`  ${translate(`agreement.measured.${stage.from ?? 'impressions'}`)}`);
    else if (stage.criteria.length === 0) terminal.out(`  ${translate('agreement.every_lead')}`);
    for (const criterion of stage.criteria) {
      terminal.out(`  • ${criterion.label}: ${criterion.words}`);
      terminal.out(colours.dim(`    ${criterion.rule.replaceAll('\n', ' ')}`));
    }
    if (stage.within_seconds !== null)
      terminal.out(`  ${translate('agreement.within', { span: format.span(stage.within_seconds) })}`);
    if (stage.kind === 'reached' && !stage.requires_previous)
      terminal.out(`  ${translate('agreement.requires_none')}`);
  }
  if (view.lost.length > 0) {
    terminal.out('');
    terminal.out(colours.bold(translate('agreement.lost')));
    for (const rule of view.lost) terminal.out(`  • ${rule.label}: ${rule.words}`);
  }
}
