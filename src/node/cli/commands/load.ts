import { Option } from 'commander';
import type { Command } from 'commander';
import { LOAD_FORMATS } from '../../app/load-events.ts';
import type { LoadEvent, LoadFormat } from '../../app/load-events.ts';
import type { EndedLoad } from '../../sources/read-source.ts';
import { terminalOf, withWorkspace } from '../session.ts';
import { faultBody, statusOf, tellFaults, tellWarnings } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { reasonOf } from './import-report.ts';

interface LoadOptions {
  readonly format: LoadFormat;
  readonly source?: string;
  readonly strict?: boolean;
}

export const loadCommand: CommandMaker = (program, translate) => {
  program
    .command('load')
    .description(translate('cli.load'))
    .addOption(
      new Option('--format <format>', translate('cli.option.load_format'))
        .choices(LOAD_FORMATS)
        .makeOptionMandatory(),
    )
    .option('--source <name>', translate('cli.option.source'))
    .option('--strict', translate('cli.option.load_strict'))
    .action(async (options: LoadOptions, self: Command) => {
      const terminal = terminalOf(self);
      await withWorkspace(self, async (workspace) => {
        const source = options.source ?? options.format;
        const events = workspace.load({ format: options.format, source, content: process.stdin });
        // Who runs a target reads the states from its standard output, and nothing else.
        const ended = await follow(events, terminal, (state) => terminal.out(state));
        if (terminal.json) {
          process.stderr.write(`${JSON.stringify(loadBody(ended, terminal))}\n`);
        } else {
          for (const line of reportLines(ended, terminal)) terminal.note(line);
          tellFaults(terminal, ended.faults);
        }
        process.exitCode = statusOfLoad(ended, options.strict === true);
      });
    });
};

export const stateCommand: CommandMaker = (program, translate) => {
  const state = program.command('state').description(translate('cli.state'));
  state
    .command('get <source>')
    .description(translate('cli.state.get'))
    .helpOption('-h, --help', translate('cli.option.help'))
    .action(async (source: string, _: unknown, self: Command) => {
      const terminal = terminalOf(self);
      // A tap that was never run is told an empty state.
      await withWorkspace(self, async (workspace) =>
        terminal.out((await workspace.sourceState(source)) ?? '{}'),
      );
    });
};

/** Follows a load to its end. */
async function follow(
  events: AsyncIterable<LoadEvent>,
  terminal: Terminal,
  onState: (state: string) => void,
): Promise<EndedLoad> {
  for await (const event of events) {
    switch (event.kind) {
      case 'state':
        onState(event.text);
        break;
      case 'warning':
        tellWarnings(terminal, [event.warning]);
        break;
      case 'records':
        break;
      case 'end':
        return event;
    }
  }
  throw new Error('a load without an end');
}

export function statusOfLoad({ report, faults }: EndedLoad, strict: boolean): number {
  if (faults.length > 0) return statusOf(faults);
  return strict && report.rejected > 0 ? 1 : 0;
}

export function loadBody({ report, faults }: EndedLoad, terminal: Terminal): object {
  return { load: report, ...(faults.length > 0 ? faultBody(faults, terminal) : {}) };
}

/** What came; nothing of a load that ended before anything did. */
export function reportLines({ report, faults }: EndedLoad, terminal: Terminal): readonly string[] {
  const { translate, colours } = terminal;
  const { rowsRead: read, accepted, unchanged, rejected, withdrawn } = report;
  if (faults.length > 0 && read === 0 && report.unmapped.length === 0) return [];
  return [
    `${faults.length > 0 ? colours.red('✗') : colours.green('✓')} ${report.source}`,
    `  ${translate('cli.import.counts', { read, accepted, unchanged, rejected })}`,
    ...(withdrawn > 0 ? [`  ${translate('cli.load.withdrawn', { count: withdrawn })}`] : []),
    ...report.unmapped.map(
      ({ stream, records }) => `  · ${translate('cli.load.unmapped', { stream, records })}`,
    ),
    ...report.examples.map(
      (reject) =>
        `  ${colours.red('✗')} ${translate('cli.load.reject', { batch: reject.entry, line: reject.line })} ${reasonOf(reject, terminal)}`,
    ),
    ...(rejected > report.examples.length ? [`  → ${translate('cli.load.see_all')}`] : []),
  ];
}
