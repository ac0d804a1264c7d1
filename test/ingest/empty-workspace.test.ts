import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import type { Workspace } from '../../src/node/app/workspace.ts';
import { ownFolder } from '../cli/tregua.ts';
import { valueOf } from './bench.ts';

/** Where nothing has come nothing is derived until somebody asks; what is asked then is answered all the same. */

const AGREEMENT = `
tregua: 1
name: Empty
timezone: UTC
currency: EUR
areas: { sales: {} }
funnel:
  - { id: lead, owner: sales }
`;

async function tablesOf(home: string): Promise<readonly string[]> {
  const path = join(home, '.tregua', 'warehouse.duckdb');
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll('select table_name from information_schema.tables');
  const names = reader.getRows().map(([name]) => String(name));
  connection.closeSync();
  instance.closeSync();
  return names;
}

async function funnel(workspace: Workspace): Promise<unknown> {
  return valueOf(await workspace.ask('funnel', {}));
}

async function facts(workspace: Workspace): Promise<unknown> {
  let text = '';
  for await (const chunk of valueOf(await workspace.exportTable('lead_facts', 'csv')))
    text += Buffer.from(chunk).toString();
  return text;
}

test.each([
  ['the funnel', funnel, expect.objectContaining({ stages: [expect.objectContaining({ count: 0 })] })],
  ['the facts', facts, expect.stringMatching(/^lead_id,created_at,[^\n]*\n$/)],
])('an empty workspace derives nothing until it is asked for %s', async (_, ask, expected) => {
  const home = ownFolder();
  writeFileSync(join(home, 'tregua.yaml'), AGREEMENT);
  await valueOf(await openWorkspace(home)).close();
  expect(await tablesOf(home)).toContain('lead_version');
  expect(await tablesOf(home)).not.toContain('lead_facts');
  const workspace = valueOf(await openWorkspace(home));
  expect(await ask(workspace)).toEqual(expected);
  await workspace.close();
  expect(await tablesOf(home)).toContain('lead_facts');
});
