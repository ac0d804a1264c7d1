import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { Result } from '../../src/core/diagnostic/result.ts';
import type { LoadFormat, LoadReport } from '../../src/node/app/load-events.ts';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import type { Workspace } from '../../src/node/app/workspace.ts';

export const AGREEMENT = `tregua: 1
name: Taps
timezone: America/Mexico_City
currency: MXN
rates: { USD: { 2026-01-01: 18 } }
areas: { marketing: {}, sales: {} }
fields:
  zone: { type: string }
  phone: { type: string, pii: phone }
funnel:
  - { id: click, from: ads.clicks, owner: marketing }
  - { id: lead, owner: marketing }
  - id: qualified
    owner: sales
    criteria: [ { id: spoken, rule: 'activities.exists(a, a.type == "deal")' } ]
  - id: sale
    owner: sales
    requires: none
    criteria: [ { id: won, rule: 'activities.exists(a, a.type == "sale")' } ]
    value: { sum: amount, where: 'activity.type == "sale"' }
lost: [ { id: refused, rule: 'activities.exists(a, a.type == "lost")', reason: activity.reason } ]
dimensions: [ { id: zone, field: zone } ]
`;

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.faults, null, 1));
  return result.value;
}

/** A home of a test's own, with its files by name. */
export function makeHome(files: Readonly<Record<string, string>> = {}): string {
  const home = mkdtempSync(join(tmpdir(), 'tregua-load-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  for (const [name, text] of Object.entries({ 'tregua.yaml': AGREEMENT, ...files })) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  return home;
}

export async function open(home: string): Promise<Workspace> {
  const workspace = valueOf(await openWorkspace(home));
  onTestFinished(() => workspace.close());
  return workspace;
}

export interface Loaded {
  readonly states: readonly string[];
  readonly warnings: readonly string[];
  readonly report: LoadReport;
  readonly faults: readonly string[];
}

/** Messages as a tap writes them; a text is a line as it stands. */
export function linesOf(messages: readonly unknown[]): string {
  return messages.map((each) => `${typeof each === 'string' ? each : JSON.stringify(each)}\n`).join('');
}

export async function load(
  workspace: Workspace,
  messages: readonly unknown[],
  { source = 'crm', format = 'singer' }: { source?: string; format?: LoadFormat } = {},
): Promise<Loaded> {
  const content = Readable.from([Buffer.from(linesOf(messages))]);
  const states: string[] = [];
  const warnings: string[] = [];
  for await (const event of workspace.load({ source, format, content })) {
    if (event.kind === 'state') states.push(event.text);
    else if (event.kind === 'warning') warnings.push(event.warning.code);
    else if (event.kind === 'end') {
      const { rowsRead, accepted, unchanged, rejected } = event.report;
      if (rowsRead !== accepted + unchanged + rejected) throw new Error(JSON.stringify(event.report));
      return { states, warnings, report: event.report, faults: event.faults.map(({ code }) => code) };
    }
  }
  throw new Error('a load without an end');
}

/** Counts of the stages, by id, and the sales. */
export async function funnelOf(
  workspace: Workspace,
  question: object = {},
): Promise<Record<string, unknown>> {
  const answer = valueOf(
    await workspace.ask('funnel', { from: '2026-01-01', to: '2026-12-31', ...question }),
  );
  const { stages, value }: { stages: { id: string; count: number }[]; value: number | null } = JSON.parse(
    JSON.stringify(answer),
  );
  return { ...Object.fromEntries(stages.map(({ id, count }) => [id, count])), value };
}

export async function rowsOf(
  workspace: Workspace,
  table: string,
): Promise<readonly Record<string, unknown>[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of valueOf(await workspace.exportTable(table, 'json'))) chunks.push(chunk);
  return Buffer.concat(chunks)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Record<string, unknown> => JSON.parse(line))
    .toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

export function inOrder<T>(values: readonly T[]): readonly T[] {
  return values.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}
