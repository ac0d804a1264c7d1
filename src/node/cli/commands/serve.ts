import type { Command } from 'commander';
import { openWorkspace } from '../../app/local-workspace.ts';
import { serve } from '../../server/listen.ts';
import { readServerNote } from '../../server/server-note.ts';
import { homeOf, terminalOf, valueOf } from '../session.ts';
import { fault } from '../../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../../core/diagnostic/errors.ts';
import type { CommandMaker } from './command.ts';

interface ServeFlags {
  readonly port: string;
  readonly host: string;
  readonly insecure?: boolean;
}

export const serveCommand: CommandMaker = (program, translate) => {
  program
    .command('serve')
    .description(translate('cli.serve'))
    .option('--port <port>', translate('cli.option.port'), '4100')
    .option('--host <address>', translate('cli.option.host'), '127.0.0.1')
    .option('--insecure', translate('cli.option.insecure'))
    .action(async (options: ServeFlags, self: Command) => {
      const terminal = terminalOf(self);
      const home = await homeOf(self);
      const port = Number(options.port);
      if (!Number.isInteger(port) || port < 0 || port > 65_535)
        throw new FaultError([fault('cli.bad_port', { port: options.port })]);
      const other = readServerNote(home);
      if (other !== null)
        throw new FaultError([fault('cli.already_served', { address: `http://localhost:${other.port}` })]);
      // Before anyone is told that it runs: to be asked to stop at once must end it politely too.
      const asked = untilAsked();
      const workspace = valueOf(await openWorkspace(home));
      const serving = await serve(workspace, {
        host: options.host,
        port,
        insecure: options.insecure === true,
        report: (error) =>
          terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error)),
      });
      if (!serving.ok) {
        await workspace.close();
        throw new FaultError(serving.faults);
      }
      for (const notice of (await workspace.status()).notices)
        terminal.note(`! ${terminal.translate(notice.code, notice.params)}`);
      if (terminal.json) terminal.out(JSON.stringify({ address: serving.value.address }));
      else terminal.out(terminal.translate('cli.serve.at', { address: serving.value.address }));
      await asked;
      await serving.value.close();
      await workspace.close();
    });
};

/** Waits for Ctrl+C or a polite kill. */
function untilAsked(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
