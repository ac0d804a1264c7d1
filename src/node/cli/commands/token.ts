import type { Command } from 'commander';
import { fault } from '../../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../../core/diagnostic/errors.ts';
import { AccessStore, SCOPES } from '../../app/access-store.ts';
import type { Scope, Token } from '../../app/access-store.ts';
import { prepareHome, readAgreement } from '../../app/home.ts';
import { viewToken } from '../../server/token-view.ts';
import { homeOf, terminalOf, valueOf } from '../session.ts';
import { table } from '../terminal.ts';
import type { CommandMaker } from './command.ts';

/** Works on the tokens of a home, whether a server holds it or not. */
export async function withAccess<T>(command: Command, work: (access: AccessStore) => T): Promise<T> {
  const home = await homeOf(command);
  valueOf(await prepareHome(home));
  valueOf(await readAgreement(home));
  const access = AccessStore.open(home);
  try {
    return work(access);
  } finally {
    access.close();
  }
}

function scopesOf(text: string): readonly Scope[] {
  const known = SCOPES.join(', ');
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .map((word) => {
      const scope = SCOPES.find((each) => each === word);
      if (scope === undefined) throw new FaultError([fault('cli.token.bad_scope', { scope: word, known })]);
      return scope;
    });
}

export const tokenCommand: CommandMaker = (program, translate) => {
  const token = program.command('token').description(translate('cli.token'));
  token
    .command('create <name>')
    .description(translate('cli.token.create'))
    .requiredOption('--scope <scopes>', translate('cli.token.scope', { known: SCOPES.join(', ') }))
    .action(async (name: string, options: { readonly scope: string }, self: Command) => {
      const terminal = terminalOf(self);
      const scopes = scopesOf(options.scope);
      if (scopes.length === 0 || name.trim() === '' || name.length > 80)
        throw new FaultError([fault('server.bad_token_request', { known: SCOPES.join(', ') })]);
      const made = await withAccess(self, (access) => access.createToken(name.trim(), scopes));
      if (terminal.json) {
        terminal.out(JSON.stringify({ ...viewToken(made.token), token: made.text }));
        return;
      }
      const { id } = made.token;
      terminal.note(terminal.translate('cli.token.created', { name, id, scopes: scopes.join(', ') }));
      terminal.out(made.text);
    });
  token
    .command('list')
    .description(translate('cli.token.list'))
    .action(async (_options: unknown, self: Command) => {
      const terminal = terminalOf(self);
      const tokens = await withAccess(self, (access) => access.tokens());
      if (terminal.json) terminal.out(JSON.stringify({ tokens: tokens.map(viewToken) }));
      else if (tokens.length === 0) terminal.out(terminal.translate('cli.token.none'));
      else {
        const columns = ['id', 'name', 'scopes', 'used', 'state'].map((name) => ({
          title: terminal.translate(`cli.token.head.${name}`),
          align: 'left' as const,
        }));
        const row = ({ id, name, scopes, lastUsedAt, revokedAt }: Token): string[] => [
          id,
          name,
          scopes.join(', '),
          lastUsedAt ?? terminal.translate('cli.token.never'),
          terminal.translate(revokedAt === null ? 'cli.token.in_force' : 'cli.token.revoked'),
        ];
        for (const line of table(columns, tokens.map(row))) terminal.out(line);
      }
    });
  token
    .command('revoke <id>')
    .description(translate('cli.token.revoke'))
    .action(async (id: string, _options: unknown, self: Command) => {
      const terminal = terminalOf(self);
      if (!(await withAccess(self, (access) => access.revokeToken(id))))
        throw new FaultError([fault('cli.token.unknown', { id })]);
      terminal.out(terminal.json ? JSON.stringify({ id }) : terminal.translate('cli.token.done', { id }));
    });
};
