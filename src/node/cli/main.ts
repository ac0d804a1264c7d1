import { Command, CommanderError, Option } from 'commander';
import { FaultError } from '../../core/diagnostic/errors.ts';
import type { Language } from '../../core/diagnostic/wording.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { languageOf, translateTo } from '../server/language.ts';
import type { CommandMaker } from './commands/command.ts';
import { isNodeError } from '../system-error.ts';
import { programVersion } from '../version.ts';
import { systemLanguage } from './session.ts';
import { openTerminal, statusOf, tellFaults } from './terminal.ts';
import { helpIn, usageFault } from './usage.ts';

/** The commands, in the order of the help. Each brings what it needs: what is not asked for is not loaded. */
const COMMANDS: Readonly<Record<string, () => Promise<CommandMaker>>> = {
  init: async () => (await import('./commands/init.ts')).initCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
  token: async () => (await import('./commands/token.ts')).tokenCommand,
  source: async () => (await import('./commands/source.ts')).sourceCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  rejects: async () => (await import('./commands/rejects.ts')).rejectsCommand,
  identity: async () => (await import('./commands/identity.ts')).identityCommand,
  load: async () => (await import('./commands/load.ts')).loadCommand,
  state: async () => (await import('./commands/load.ts')).stateCommand,
  sync: async () => (await import('./commands/sync.ts')).syncCommand,
  mend: async () => (await import('./commands/rejects.ts')).mendCommand,
  retry: async () => (await import('./commands/rejects.ts')).retryCommand,
  batches: async () => (await import('./commands/undo.ts')).batchesCommand,
  undo: async () => (await import('./commands/undo.ts')).undoCommand,
  agreement: async () => (await import('./commands/agreement.ts')).agreementCommand,
  funnel: async () => (await import('./commands/funnel.ts')).funnelCommand,
  breakdown: async () => (await import('./commands/breakdown.ts')).breakdownCommand,
  targets: async () => (await import('./commands/targets.ts')).targetsCommand,
  changes: async () => (await import('./commands/changes.ts')).changesCommand,
  trend: async () => (await import('./commands/trend.ts')).trendCommand,
  maturity: async () => (await import('./commands/maturity.ts')).maturityCommand,
  opportunities: async () => (await import('./commands/opportunities.ts')).opportunitiesCommand,
  criteria: async () => (await import('./commands/criteria.ts')).criteriaCommand,
  handoffs: async () => (await import('./commands/handoffs.ts')).handoffsCommand,
  whatif: async () => (await import('./commands/whatif.ts')).whatifCommand,
  leads: async () => (await import('./commands/leads.ts')).leadsCommand,
  lead: async () => (await import('./commands/leads.ts')).leadCommand,
  rebuild: async () => (await import('./commands/keep.ts')).rebuildCommand,
  export: async () => (await import('./commands/keep.ts')).exportCommand,
  doctor: async () => (await import('./commands/keep.ts')).doctorCommand,
};

/** The global flags that take a value of their own. */
const WITH_VALUE: ReadonlySet<string> = new Set(['--home', '--lang']);

/** The commands that words need: the one that they ask for, or all, for the help and to tell a name that is none. */
async function commandsFor(words: readonly string[]): Promise<readonly CommandMaker[]> {
  if (words.length === 1 && words[0] === '--version') return [];
  const first = words.findIndex(
    (word, index) => !word.startsWith('-') && !WITH_VALUE.has(words[index - 1] ?? ''),
  );
  const asked = Object.entries(COMMANDS).find(([name]) => name === words[first]);
  const needed = asked === undefined ? Object.values(COMMANDS) : [asked[1]];
  return Promise.all(needed.map((load) => load()));
}

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
  for (const make of await commandsFor(words)) make(program, translate);
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
