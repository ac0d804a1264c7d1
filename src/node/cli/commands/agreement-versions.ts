import { join } from 'node:path';
import type { Command } from 'commander';
import type { Agreement } from '../../../core/agreement/agreement.ts';
import { differences } from '../../../core/agreement/differences.ts';
import type { Difference } from '../../../core/agreement/differences.ts';
import { parseAgreement } from '../../../core/agreement/parse.ts';
import { labelIn } from '../../../core/agreement/view.ts';
import { localDay } from '../../../core/calendar/days.ts';
import { fault } from '../../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../../core/diagnostic/errors.ts';
import { numberFormat } from '../../../core/diagnostic/numbers.ts';
import type { Translate } from '../../../core/diagnostic/wording.ts';
import { AGREEMENT_FILE } from '../../app/home.ts';
import type { VersionStanding, Workspace } from '../../app/workspace.ts';
import { homeOf, terminalOf, valueOf, withWorkspace } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { readAgreementFile } from './measure-options.ts';
import { wholeNumber } from './whole-number.ts';

interface ApplyFlags {
  readonly from?: string;
  readonly note?: string;
  readonly propose?: true;
}

interface SignFlags {
  readonly area?: string;
  readonly name: string;
  readonly override?: true;
  readonly reason?: string;
}

/** The versions of the agreement: what changed, putting one in force, signing it. */
export function addVersionCommands(agreement: Command, translate: Translate): void {
  agreement
    .command('diff [one] [other]')
    .description(translate('cli.agreement.diff'))
    .action(async (one: string | undefined, other: string | undefined, _options: unknown, self: Command) => {
      const terminal = terminalOf(self);
      const found = await withWorkspace(self, async (workspace) => {
        const [before, after] = await sidesOf(one, other, workspace);
        return differences(before, after, terminal.language);
      });
      tellDifferences(terminal, found);
    });
  agreement
    .command('apply [file]')
    .description(translate('cli.agreement.apply'))
    .option('--from <date>', translate('cli.agreement.from'))
    .option('--note <text>', translate('cli.agreement.note'))
    .option('--propose', translate('cli.agreement.propose'))
    .action(async (file: string | undefined, flags: ApplyFlags, self: Command) => {
      const terminal = terminalOf(self);
      const { text } = await readAgreementFile(file ?? join(await homeOf(self), AGREEMENT_FILE));
      const name = file ?? AGREEMENT_FILE;
      const parsed = valueOf(parseAgreement(text, name));
      const today = localDay(new Date().toISOString(), parsed.timezone);
      const from = flags.from === 'always' ? null : (flags.from ?? today);
      const standing = await withWorkspace(self, async (workspace) =>
        valueOf(
          await workspace.putVersion({
            text,
            file: name,
            from,
            note: flags.note,
            propose: flags.propose === true,
          }),
        ),
      );
      tellStanding(terminal, standing, parsed);
    });
  agreement
    .command('sign <version>')
    .description(translate('cli.agreement.sign'))
    .requiredOption('--name <name>', translate('cli.agreement.name'))
    .option('--area <area>', translate('cli.agreement.area'))
    .option('--override', translate('cli.agreement.override'))
    .option('--reason <text>', translate('cli.agreement.reason'))
    .action(async (text: string, flags: SignFlags, self: Command) => {
      const terminal = terminalOf(self);
      const version = wholeNumber('version', text);
      if ((flags.area === undefined) === (flags.override === undefined))
        throw new FaultError([fault('cli.agreement.who_signs')]);
      const signed = await withWorkspace(self, async (workspace) => ({
        standing: valueOf(
          await workspace.signVersion(version, {
            area: flags.area ?? null,
            name: flags.name,
            reason: flags.reason,
          }),
        ),
        agreement: valueOf(parseAgreement(valueOf(await workspace.versionText(version)))),
      }));
      tellStanding(terminal, signed.standing, signed.agreement);
    });
  agreement
    .command('withdraw <version>')
    .description(translate('cli.agreement.withdraw'))
    .action(async (text: string, _options: unknown, self: Command) => {
      const version = wholeNumber('version', text);
      const withdrawn = await withWorkspace(self, async (workspace) => ({
        standing: valueOf(await workspace.withdrawVersion(version)),
        agreement: valueOf(parseAgreement(valueOf(await workspace.versionText(version)))),
      }));
      tellStanding(terminalOf(self), withdrawn.standing, withdrawn.agreement);
    });
  agreement
    .command('history')
    .description(translate('cli.agreement.history'))
    .action(async (_options: unknown, self: Command) => {
      const terminal = terminalOf(self);
      const told = await withWorkspace(self, async (workspace) => {
        const versions = await workspace.versions();
        const texts = await Promise.all(versions.map(({ version }) => workspace.versionText(version)));
        return versions.map((standing, position) => {
          const text = texts[position];
          const parsed = text?.ok === true ? parseAgreement(text.value) : null;
          return { standing, agreement: parsed?.ok === true ? parsed.value : null };
        });
      });
      if (terminal.json) {
        terminal.out(JSON.stringify({ versions: told.map(({ standing }) => standing) }));
        return;
      }
      let before: Agreement | null = null;
      for (const { standing, agreement: own } of told) {
        tellVersion(terminal, standing, own);
        if (own !== null && before !== null)
          for (const each of differences(before, own, terminal.language))
            terminal.out(`    ${terminal.translate(each.code, each.params)}`);
        before = own ?? before;
      }
    });
}

/** Without names: the last version and the one before it; with one: the version in force and that. */
async function sidesOf(
  one: string | undefined,
  other: string | undefined,
  workspace: Workspace,
): Promise<readonly [Agreement, Agreement]> {
  const read = async (name: string): Promise<Agreement> => {
    if (/^\d+$/.test(name))
      return valueOf(
        parseAgreement(valueOf(await workspace.versionText(Number(name))), `tregua.yaml@${name}`),
      );
    const { text } = await readAgreementFile(name);
    return valueOf(parseAgreement(text, name));
  };
  if (one !== undefined && other !== undefined) return [await read(one), await read(other)];
  const { agreement } = await workspace.agreement();
  if (one !== undefined) return [agreement, await read(one)];
  const applied = (await workspace.versions()).filter(({ applied_at: at }) => at !== null);
  const before = applied.at(-2);
  return [before === undefined ? agreement : await read(String(before.version)), agreement];
}

function tellDifferences(terminal: Terminal, found: readonly Difference[]): void {
  const { translate } = terminal;
  if (terminal.json) {
    const told = found.map(({ code, params, owner, counts }) => ({
      code,
      text: translate(code, params),
      owner,
      counts,
    }));
    terminal.out(JSON.stringify({ differences: told }));
    return;
  }
  if (found.length === 0) terminal.out(translate('difference.none'));
  for (const { code, params, counts } of found)
    terminal.out(`${counts ? '•' : terminal.colours.dim('·')} ${translate(code, params)}`);
}

function tellStanding(terminal: Terminal, standing: VersionStanding, agreement: Agreement): void {
  if (terminal.json) terminal.out(JSON.stringify(standing));
  else tellVersion(terminal, standing, agreement);
}

/** A version in a line, and below it why and who signed. */
function tellVersion(terminal: Terminal, standing: VersionStanding, agreement: Agreement | null): void {
  const { translate, colours, language } = terminal;
  const format = numberFormat(language, agreement?.currency ?? 'EUR', agreement?.timezone ?? 'UTC');
  const area = (id: string): string =>
    labelIn(id, agreement?.areas.find((each) => each.id === id)?.label ?? {}, language);
  const { version, state, from, to, note, signatures, unsigned } = standing;
  const span = translate('cli.agreement.span', {
    from: from === null ? 'none' : from,
    to: to === null ? 'none' : to,
  });
  terminal.out(
    `${colours.bold(translate('cli.agreement.version', { version }))}  ${translate(`cli.agreement.state_${state}`)}  ${colours.dim(span)}`,
  );
  if (note !== null) terminal.out(`  ${note}`);
  for (const signature of signatures) {
    const at = format.instant(signature.signed_at);
    terminal.out(
      `  ✓ ${
        signature.area === null
          ? translate('cli.agreement.overridden', { name: signature.name, at, reason: signature.reason })
          : translate('cli.agreement.signed', { name: signature.name, at, area: area(signature.area) })
      }`,
    );
  }
  const decided = signatures.some((signature) => signature.area === null);
  if (unsigned.length > 0 && !decided && (state === 'proposed' || signatures.length > 0))
    terminal.out(
      `  ${colours.dim(translate('cli.agreement.unsigned', { areas: unsigned.map(area).join(', ') }))}`,
    );
}
