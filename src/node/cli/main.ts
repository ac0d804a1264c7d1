import { Command, CommanderError, Option } from 'commander';
import { FaultError } from '../../core/diagnostic/errors.ts';
import type { Language } from '../../core/diagnostic/wording.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { languageOf, translateTo } from '../server/language.ts';
import { agreementCommand } from './commands/agreement.ts';
import { breakdownCommand } from './commands/breakdown.ts';
import { changesCommand } from './commands/changes.ts';
import type { CommandMaker } from './commands/command.ts';
import { criteriaCommand } from './commands/criteria.ts';
import { demoCommand } from './commands/demo.ts';
import { funnelCommand } from './commands/funnel.ts';
import { handoffsCommand } from './commands/handoffs.ts';
import { identityCommand } from './commands/identity.ts';
import { importCommand } from './commands/import.ts';
import { mendCommand, rejectsCommand, retryCommand } from './commands/rejects.ts';
import { initCommand } from './commands/init.ts';
import { doctorCommand, exportCommand, rebuildCommand } from './commands/keep.ts';
import { leadCommand, leadsCommand } from './commands/leads.ts';
import { loadCommand, stateCommand } from './commands/load.ts';
import { maturityCommand } from './commands/maturity.ts';
import { opportunitiesCommand } from './commands/opportunities.ts';
import { serveCommand } from './commands/serve.ts';
import { targetsCommand } from './commands/targets.ts';
import { sourceCommand } from './commands/source.ts';
import { tokenCommand } from './commands/token.ts';
import { syncCommand } from './commands/sync.ts';
import { trendCommand } from './commands/trend.ts';
import { whatifCommand } from './commands/whatif.ts';
import { batchesCommand, undoCommand } from './commands/undo.ts';
import { isNodeError } from '../system-error.ts';
import { programVersion } from '../version.ts';
import { systemLanguage } from './session.ts';
import { openTerminal, statusOf, tellFaults } from './terminal.ts';
import { helpIn, usageFault } from './usage.ts';

/** The commands, in the order of the help. */
const COMMANDS: readonly CommandMaker[] = [
  initCommand,
  demoCommand,
  serveCommand,
  tokenCommand,
  sourceCommand,
  importCommand,
  rejectsCommand,
  identityCommand,
  loadCommand,
  stateCommand,
  syncCommand,
  mendCommand,
  retryCommand,
  batchesCommand,
  undoCommand,
  agreementCommand,
  funnelCommand,
  breakdownCommand,
  targetsCommand,
  changesCommand,
  trendCommand,
  maturityCommand,
  opportunitiesCommand,
  criteriaCommand,
  handoffsCommand,
  whatifCommand,
  leadsCommand,
  leadCommand,
  rebuildCommand,
  exportCommand,
  doctorCommand,
];

/** The language of the help and of faults: the flag may stand anywhere. */
function languageAsked(words: readonly string[]): Language {
  const position = words.findIndex((word) => word === '--lang' || word.startsWith('--lang='));
  if (position < 0) return systemLanguage();
  const word = words[position] ?? '';
  return languageOf(word.includes('=') ? word.slice('--lang='.length) : words[position + 1]);
}

/** A reader such as `head` that has seen enough is no fault. */
function endQuietly(error: unknown): void {
  if (!isNodeError(error) || error.code !== 'EPIPE') throw error;
  process.exit(0);
}

/** Runs the program and gives its exit status by `process.exitCode`. */
export async function main(words: readonly string[]): Promise<void> {
  const language = languageAsked(words);
  const translate = translateTo(language);
  const program = new Command('tregua')
    .description(translate('cli.description'))
    .option('--home <dir>', translate('cli.option.home'))
    .option('--json', translate('cli.option.json'))
    .addOption(new Option('--lang <language>', translate('cli.option.lang')).choices(['es', 'en']))
    .option('--quiet', translate('cli.option.quiet'))
    .version(programVersion(), '--version', translate('cli.option.version'))
    .helpOption('-h, --help', translate('cli.option.help'))
    .helpCommand('help [command]', translate('cli.help'))
    .configureHelp(helpIn(translate))
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
  for (const make of COMMANDS) make(program, translate);
  for (const command of program.commands) {
    command.helpOption('-h, --help', translate('cli.option.help'));
  }
  process.stdout.on('error', endQuietly);
  const terminal = openTerminal({ language, json: words.includes('--json'), quiet: false });
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return;
      if (error.code !== 'commander.help') tellFaults(terminal, [usageFault(error)]);
      process.exitCode = 2;
    } else if (error instanceof FaultError) {
      tellFaults(terminal, error.faults);
      process.exitCode = statusOf(error.faults);
    } else {
      tellFaults(terminal, [
        fault('cli.bug', { detail: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      ]);
      process.exitCode = 3;
    }
  }
}
