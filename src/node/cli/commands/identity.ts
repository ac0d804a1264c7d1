import type { Command } from 'commander';
import { numberFormat } from '../../../core/diagnostic/numbers.ts';
import type { NumberFormat } from '../../../core/diagnostic/numbers.ts';
import { RUNGS } from '../../../core/identity/rungs.ts';
import type {
  IdentityPair,
  IdentityReport,
  IdentityVerdict,
  PairedId,
} from '../../../core/identity/report.ts';
import { terminalOf, valueOf, withWorkspace } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import type { CommandMaker } from './command.ts';

export const identityCommand: CommandMaker = (program, translate) => {
  const identity = program.command('identity').description(translate('cli.identity'));
  identity
    .command('list', { isDefault: true })
    .description(translate('cli.identity.list'))
    .action(async (_options: unknown, self: Command) => {
      const terminal = terminalOf(self);
      await withWorkspace(self, async (workspace) => {
        const report = await workspace.identity();
        if (terminal.json) {
          terminal.out(JSON.stringify(report));
          return;
        }
        const { agreement } = await workspace.agreement();
        showReport(terminal, report, numberFormat(terminal.language, agreement.currency, agreement.timezone));
      });
    });
  for (const verdict of ['confirm', 'reject'] as const) {
    identity
      .command(`${verdict} <id> <lead>`)
      .description(translate(`cli.identity.${verdict}`))
      .action((id: string, lead: string, _options: unknown, self: Command) =>
        decide(self, id, lead, verdict),
      );
  }
};

async function decide(self: Command, id: string, lead: string, verdict: IdentityVerdict): Promise<void> {
  const terminal = terminalOf(self);
  await withWorkspace(self, async (workspace) => {
    const report = valueOf(await workspace.decideIdentity({ source_id: id, lead_id: lead, verdict }));
    if (terminal.json) terminal.out(JSON.stringify(report));
    else {
      terminal.out(
        `${terminal.colours.green('✓')} ${terminal.translate(`cli.identity.${verdict}.done`, { id, lead })}`,
      );
      terminal.out(`  ${terminal.translate('identity.left', { count: report.doubtful })}`);
    }
  });
}

function showReport(terminal: Terminal, report: IdentityReport, format: NumberFormat): void {
  const { translate, colours } = terminal;
  if (report.ids === 0 && report.confirmed + report.rejected === 0) {
    terminal.out(translate('identity.none'));
    return;
  }
  const joined = Object.values(report.joined).reduce((sum, count) => sum + count, 0);
  terminal.out(colours.bold(translate('identity.summary', { ids: report.ids, joined })));
  for (const rung of RUNGS) {
    const count = report.joined[rung];
    if (count !== undefined)
      terminal.out(`  ${format.count(count).padStart(9)}  ${translate(`rung.${rung}`)}`);
  }
  if (report.alone > 0)
    terminal.out(`  ${format.count(report.alone).padStart(9)}  ${translate('identity.alone')}`);
  if (report.waiting > 0)
    terminal.out(`  ${format.count(report.waiting).padStart(9)}  ${translate('identity.waiting')}`);
  if (report.country === null) terminal.out(colours.dim(translate('identity.no_country')));
  terminal.out('');
  terminal.out(translate('identity.doubtful', { count: report.doubtful }));
  for (const pair of report.pairs) showPair(terminal, pair, format);
  if (report.doubtful > report.pairs.length)
    terminal.out(colours.dim(translate('identity.more', { count: report.doubtful - report.pairs.length })));
  if (report.pairs.length > 0) terminal.out(colours.dim(`→ ${translate('cli.identity.how')}`));
}

function showPair(
  terminal: Terminal,
  { source, lead, rung, doubt }: IdentityPair,
  format: NumberFormat,
): void {
  const { translate, colours } = terminal;
  const side = ({ id, at, source: from, contact }: PairedId): string =>
    [
      colours.bold(id),
      ...(at === null ? [] : [format.instant(at)]),
      ...Object.values(contact),
      ...(from === null ? [] : [colours.dim(from)]),
    ].join('  ');
  terminal.out('');
  terminal.out(`  ${side(source)}`);
  terminal.out(`  ${side(lead)}`);
  terminal.out(`    ${translate(`doubt.${doubt}`, { key: translate(`key.${rung}`) })}`);
}
