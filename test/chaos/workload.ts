import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runMany } from '../cli/tregua.ts';
import type { Result } from '../../src/core/diagnostic/result.ts';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const AGREEMENT = `tregua: 1
name: Chaos
timezone: America/Mexico_City
currency: MXN
areas: { marketing: {}, sales: {} }
fields:
  zone: { type: string }
  age: { type: integer }
  phone: { type: string, pii: phone }
funnel:
  - { id: lead, owner: marketing }
  - { id: profiled, owner: marketing, criteria: [ { id: of_age, rule: lead.age >= 25 } ] }
  - { id: qualified, owner: sales, criteria: [ { id: interested, rule: 'activities.exists(a, a.type == "call" && a.outcome == "interested")' } ] }
  - { id: sale, owner: sales, requires: none, criteria: [ { id: won, rule: 'activities.exists(a, a.type == "sale")' } ], value: { sum: amount, where: activity.type == "sale" } }
lost:
  - { id: out, rule: 'activities.exists(a, a.type == "disqualified")', reason: activity.reason }
dimensions:
  - { id: zone, field: zone }
`;

export interface WorkloadFile {
  readonly kind: string;
  readonly path: string;
}

export interface Workload {
  readonly agreement: string;
  readonly leads: WorkloadFile;
  readonly activities: WorkloadFile;
  /** Leads again, and new ones. */
  readonly later: WorkloadFile;
  /** All of them in the order in which they come. */
  readonly files: readonly WorkloadFile[];
}

function isoOf(day: number, random: () => number): string {
  return new Date(Date.UTC(2026, 0, 1 + day) + Math.floor(random() * 86_400) * 1000).toISOString();
}

/** Writes made-up files: leads, what was done with them, and leads again with corrections and with bad rows. */
export function writeWorkload(folder: string, seed: number, size = 2000): Workload {
  const random = randomFrom(seed);
  const zones = ['Norte', 'Sur', '"Este, centro"', ''];
  const pick = <T>(values: readonly [T, ...T[]]): T =>
    values[Math.floor(random() * values.length)] ?? values[0];
  const lead = (n: number, age: string): string =>
    [`L${n}`, isoOf(n % 90, random), pick(['Norte', ...zones]), age, `55${10_000_000 + n}`].join(',');
  const head = 'lead_id,created_at,zone,age,phone';
  const age = (): string => String(18 + Math.floor(random() * 50));
  const leads = Array.from({ length: size }, (_, n) => lead(n, age()));
  const later = Array.from({ length: size / 2 }, (_, n) =>
    lead(n + size / 2 + size / 4, n % 97 === 0 ? 'old' : age()),
  );
  const activities = Array.from({ length: size }, (_, n) =>
    [
      `A${n}`,
      `L${Math.floor(random() * size * 1.25)}`,
      pick(['call', 'call', 'meeting', 'sale', 'disqualified']),
      isoOf(60 + (n % 60), random),
      pick(['interested', 'no answer', '']),
      pick(['Ana', 'Luis']),
      String(Math.floor(random() * 90_000) / 100),
      pick(['price', 'nobody home']),
    ].join(','),
  );
  mkdirSync(folder, { recursive: true });
  const file = (name: string, kind: string, lines: readonly string[]): WorkloadFile => {
    const path = join(folder, `${name}.csv`);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return { kind, path };
  };
  const names = 'activity_id,lead_id,type,at,outcome,seller,amount,reason';
  const all = {
    leads: file('leads', 'leads', [head, ...leads]),
    activities: file('activities', 'activities', [names, ...activities]),
    later: file('later', 'leads', [head, ...later]),
  };
  return { agreement: AGREEMENT, ...all, files: Object.values(all) };
}

/** Makes a home of a workload, with nothing taken in. */
export function makeHome(home: string, workload: Workload): string {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'tregua.yaml'), workload.agreement);
  return home;
}

export function importWords(home: string, file: WorkloadFile): readonly string[] {
  return ['import', file.path, '--as', file.kind, '--home', home, '--json'];
}

/** Takes files in, one after the other, undisturbed. */
export async function takeIn(home: string, files: readonly WorkloadFile[]): Promise<void> {
  const answers = await runMany(files.map((file) => ({ words: importWords(home, file) })));
  for (const { status, out, told } of answers) if (status !== 0) throw new Error(told + out);
}

/** Tables whose rows must be the same however they came. */
const TABLES = ['lead_version', 'activity', 'lead_contact', 'reject', 'batch', 'lead_facts'] as const;

/** Rows without the clock of the machine: the instants at which they were taken in. */
function rowsOf(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const row: unknown = JSON.parse(line);
      const members = typeof row === 'object' && row !== null ? Object.entries(row) : [];
      return JSON.stringify(Object.fromEntries(members.filter(([name]) => !CLOCK.has(name))));
    })
    .sort();
}

const CLOCK: ReadonlySet<string> = new Set(['recorded_at', 'withdrawn_at', 'received_at', 'as_of']);

export interface Facts {
  readonly funnel: unknown;
  readonly tables: Readonly<Record<string, readonly string[]>>;
}

/** All that a workspace says, for comparing it with another. */
export async function factsOf(home: string): Promise<Facts> {
  const workspace = valueOf(await openWorkspace(home));
  try {
    const funnel = valueOf(await workspace.ask('funnel', {}));
    const tables: Record<string, readonly string[]> = {};
    for (const table of TABLES) {
      const text: Uint8Array[] = [];
      for await (const chunk of valueOf(await workspace.exportTable(table, 'json'))) text.push(chunk);
      tables[table] = rowsOf(Buffer.concat(text).toString('utf8'));
    }
    return { funnel: typeof funnel === 'object' ? { ...funnel, as_of: null } : funnel, tables };
  } finally {
    await workspace.close();
  }
}

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.faults, null, 1));
  return result.value;
}
