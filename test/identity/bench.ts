import { Readable } from 'node:stream';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../src/core/diagnostic/result.ts';
import { leadAnswer } from '../../src/core/measures/answer.ts';
import type { LeadAnswer } from '../../src/core/measures/answer.ts';
import type { IdentityReport } from '../../src/core/identity/report.ts';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import type { ImportReport, Workspace } from '../../src/node/app/workspace.ts';

export const AGREEMENT = `
tregua: 1
name: Identity
timezone: America/Mexico_City
currency: MXN
areas: { marketing: {}, sales: {} }
fields:
  name: { type: string, pii: name }
  email: { type: string, pii: email }
  phone: { type: string, pii: phone }
  campaign: { type: string }
  segment: { type: string }
identity: [lead_id, email, phone]
funnel:
  - { id: lead, owner: marketing }
  - id: profiled
    owner: marketing
    criteria: [ { id: known, rule: 'lead.segment != ""' } ]
  - id: sale
    owner: sales
    requires: none
    criteria: [ { id: paid, rule: 'activities.exists(a, a.type == "sale")' } ]
    value: { sum: amount, where: 'activity.type == "sale"' }
dimensions: [ { id: segment, field: segment }, { id: campaign, field: campaign } ]
`;

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.faults, null, 1));
  return result.value;
}

/** A workspace in a folder of its own. */
export class IdentityBench {
  readonly workspace: Workspace;
  readonly #home: string;

  private constructor(home: string, workspace: Workspace) {
    this.#home = home;
    this.workspace = workspace;
  }

  static async open(agreement = AGREEMENT): Promise<IdentityBench> {
    const home = await mkdtemp(join(tmpdir(), 'tregua-identity-'));
    await writeFile(join(home, 'tregua.yaml'), agreement);
    return new IdentityBench(home, valueOf(await openWorkspace(home)));
  }

  async close(): Promise<void> {
    await this.workspace.close();
    await rm(this.#home, { recursive: true, force: true });
  }

  async take(text: string, mapping?: string): Promise<ImportReport> {
    return valueOf(
      await this.workspace.importFile({
        content: Readable.from([Buffer.from(text)]),
        fileName: 'export.csv',
        ...(mapping === undefined ? {} : { mapping: { text: mapping, file: 'mapping.yaml' } }),
      }),
    );
  }

  /** A table's rows as lines of CSV, in order; without when each was learnt. */
  async rows(table: string): Promise<readonly string[]> {
    const chunks: string[] = [];
    for await (const chunk of valueOf(await this.workspace.exportTable(table, 'json')))
      chunks.push(Buffer.from(chunk).toString('utf8'));
    const text = chunks.join('').trim();
    const rows: Record<string, unknown>[] =
      text === '' ? [] : text.split('\n').map((line) => JSON.parse(line));
    return rows
      .map((row) =>
        JSON.stringify(Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'recorded_at'))),
      )
      .toSorted();
  }

  /** All that follows from the records. */
  async told(): Promise<readonly (readonly string[])[]> {
    const tables = ['lead_facts', 'lead_value', 'lead_alias', 'identity_pair', 'ad_day'];
    return Promise.all(tables.map((table) => this.rows(table)));
  }

  /** The value of each lead that was sold. */
  async sales(): Promise<Readonly<Record<string, number>>> {
    const rows: { lead_id: string; value: number | null }[] = (await this.rows('lead_facts')).map((line) =>
      JSON.parse(line),
    );
    return Object.fromEntries(
      rows.flatMap(({ lead_id, value }) => (value === null ? [] : [[lead_id, value]])),
    );
  }

  async decide(source: string, lead: string, verdict: 'confirm' | 'reject'): Promise<IdentityReport> {
    return valueOf(await this.workspace.decideIdentity({ source_id: source, lead_id: lead, verdict }));
  }

  /** An instant after all that was taken so far and before what comes. */
  async now(): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const now = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    return now;
  }

  async lead(id: string, asOf?: string): Promise<LeadAnswer> {
    return leadAnswer.parse(
      valueOf(await this.workspace.ask('lead', { id, ...(asOf === undefined ? {} : { as_of: asOf }) })),
    );
  }
}
