import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import type { Command } from 'commander';
import { fault } from '../../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../../core/diagnostic/errors.ts';
import { prepareHome, readAgreement } from '../../app/home.ts';
import { parseSourceMapping } from '../../app/sources/delivery-mapping.ts';
import { RetrievalQueue } from '../../app/sources/retrieval-queue.ts';
import { SourceStore } from '../../app/sources/source-store.ts';
import type { SecretKind, Source, SourceKind } from '../../app/sources/source-store.ts';
import { newSecret } from '../../app/sources/standard-webhooks.ts';
import { homeOf, terminalOf, valueOf } from '../session.ts';
import { table } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { wholeNumber } from './whole-number.ts';

const HOUR_MS = 3_600_000;

/** Works on the sources of a home, whether a server holds it or not. */
async function withSources<T>(
  command: Command,
  work: (sources: SourceStore, home: string) => T | Promise<T>,
): Promise<T> {
  const home = await homeOf(command);
  valueOf(await prepareHome(home));
  const sources = SourceStore.open(home);
  try {
    return await work(sources, home);
  } finally {
    sources.close();
  }
}

function pathOf(name: string): string {
  return `/v1/hooks/${name}`;
}

function found(sources: SourceStore, name: string): Source {
  const source = sources.find(name);
  if (source === null) throw new FaultError([fault('source.unknown_live', { source: name })]);
  return source;
}

/** Meta's secrets come by the environment: arguments stand in histories and lists of processes. */
function metaSecrets(...names: readonly ('app' | 'access')[]): Readonly<Partial<Record<SecretKind, string>>> {
  const variables = { app: 'TREGUA_META_APP_SECRET', access: 'TREGUA_META_ACCESS_TOKEN' } as const;
  const given = names.map((name) => [name, (process.env[variables[name]] ?? '').trim()] as const);
  const missing = given.filter(([, value]) => value === '').map(([name]) => variables[name]);
  if (missing.length > 0)
    throw new FaultError([fault('source.no_meta_secret', { names: missing.join(', ') })]);
  return Object.fromEntries(given);
}

async function readSourceMapping(file: string, home: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new FaultError([fault('cli.no_file', { file })]);
  }
  const { agreement } = valueOf(await readAgreement(home));
  valueOf(parseSourceMapping(text, file, agreement));
  return text;
}

export const sourceCommand: CommandMaker = (program, translate) => {
  const source = program.command('source').description(translate('cli.source'));
  source
    .command('add <name>')
    .description(translate('cli.source.add'))
    .addOption(
      new Option('--kind <kind>', translate('cli.source.kind'))
        .choices(['form', 'meta'])
        .makeOptionMandatory(),
    )
    .option('--mapping <file>', translate('cli.source.mapping'))
    .action(async (name: string, options: { kind: SourceKind; mapping?: string }, self: Command) => {
      const terminal = terminalOf(self);
      if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/.test(name) || name === 'api')
        throw new FaultError([fault('source.bad_name', { name })]);
      const { kind } = options;
      const secrets = kind === 'meta' ? metaSecrets('app', 'access') : {};
      const shown = await withSources(self, async (sources, home) => {
        const mapping = options.mapping === undefined ? null : await readSourceMapping(options.mapping, home);
        if (!sources.add(name, kind, mapping, secrets))
          throw new FaultError([fault('source.known', { source: name })]);
        return sources.secrets(name, kind === 'form' ? 'signing' : 'verify')[0] ?? '';
      });
      if (terminal.json) {
        const secret = kind === 'form' ? { secret: shown } : { verify_token: shown };
        terminal.out(JSON.stringify({ name, kind, path: pathOf(name), ...secret }));
        return;
      }
      terminal.note(terminal.translate(`cli.source.${kind}_added`, { source: name, path: pathOf(name) }));
      terminal.out(shown);
    });
  source
    .command('list')
    .description(translate('cli.source.list'))
    .action(async (_options: unknown, self: Command) => {
      const terminal = terminalOf(self);
      const rows = await withSources(self, (sources, home) => {
        const queue = RetrievalQueue.open(home);
        const listed = sources
          .sources()
          .map((each) => ({ ...each, waiting: queue.count(each.name, 'waiting') }));
        queue.close();
        return listed;
      });
      if (terminal.json) {
        const sources = rows.map(({ name, kind, createdAt, problem, waiting }) => ({
          ...{ name, kind, path: pathOf(name), created_at: createdAt, problem, waiting },
        }));
        terminal.out(JSON.stringify({ sources }));
        return;
      }
      if (rows.length === 0) terminal.out(terminal.translate('cli.source.none'));
      else {
        const columns = ['name', 'kind', 'path', 'state'].map((column) => ({
          title: terminal.translate(`cli.source.head.${column}`),
          align: 'left' as const,
        }));
        const cells = rows.map(({ name, kind, problem, waiting }) => {
          const state = problem ?? (waiting > 0 ? 'cli.source.waiting' : 'cli.source.working');
          return [name, kind, pathOf(name), terminal.translate(state, { source: name, waiting })];
        });
        for (const line of table(columns, cells)) terminal.out(line);
      }
    });
  source
    .command('rotate <name>')
    .description(translate('cli.source.rotate'))
    .option('--keep <hours>', translate('cli.source.keep'), '24')
    .action(async (name: string, options: { keep: string }, self: Command) => {
      const terminal = terminalOf(self);
      // Without a delay where the one before has become known.
      const hours = options.keep === '0' ? 0 : wholeNumber('--keep', options.keep);
      const secret = newSecret();
      await withSources(self, (sources) => {
        const { kind } = found(sources, name);
        if (kind !== 'form') throw new FaultError([fault('source.not_of_kind', { source: name, kind })]);
        sources.replaceSecret(name, 'signing', secret, hours * HOUR_MS);
      });
      if (terminal.json) terminal.out(JSON.stringify({ name, secret, kept_hours: hours }));
      else {
        terminal.note(terminal.translate('cli.source.rotated', { source: name, hours }));
        terminal.out(secret);
      }
    });
  source
    .command('renew <name>')
    .description(translate('cli.source.renew'))
    .action(async (name: string, _options: unknown, self: Command) => {
      const terminal = terminalOf(self);
      await withSources(self, (sources) => {
        const { kind } = found(sources, name);
        if (kind !== 'meta') throw new FaultError([fault('source.not_of_kind', { source: name, kind })]);
        sources.replaceSecret(name, 'access', metaSecrets('access').access ?? '', 0);
      });
      terminal.out(
        terminal.json ? JSON.stringify({ name }) : terminal.translate('cli.source.renewed', { source: name }),
      );
    });
  source
    .command('remove <name>')
    .description(translate('cli.source.remove'))
    .action(async (name: string, _options: unknown, self: Command) => {
      const terminal = terminalOf(self);
      await withSources(self, (sources) => {
        found(sources, name);
        sources.remove(name);
      });
      terminal.out(
        terminal.json ? JSON.stringify({ name }) : terminal.translate('cli.source.removed', { source: name }),
      );
    });
};
