import { createHash } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agreement } from '../../src/core/agreement/agreement.ts';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import type { Diagnostic } from '../../src/core/diagnostic/diagnostic.ts';
import type { Result } from '../../src/core/diagnostic/result.ts';
import { createTable, rawTables } from '../../src/core/facts/tables.ts';
import type { Row } from '../../src/core/measures/measure.ts';
import { identifier, sql } from '../../src/core/sql/sql.ts';
import type { RecordKind } from '../../src/node/ingest/mapping.ts';
import { parseMapping } from '../../src/node/ingest/mapping-document.ts';
import { readAnswers } from '../../src/node/ingest/presets/answers.ts';
import { projectEntry } from '../../src/node/ingest/project.ts';
import type { BatchReport } from '../../src/node/ingest/batch-report.ts';
import { resolveMapping } from '../../src/node/ingest/resolve.ts';
import { openDuckdb } from '../../src/node/warehouse/duckdb.ts';
import type { Warehouse } from '../../src/node/warehouse/warehouse.ts';

const AGREEMENT = `
tregua: 1
name: Ingest
timezone: America/Sao_Paulo
currency: EUR
areas: { sales: {} }
rates: { USD: { 2026-01-01: 0.9, 2026-02-01: 0.8 } }
fields:
  zone: { type: string }
  age: { type: integer }
  budget: { type: number }
  member: { type: boolean }
  born: { type: date }
  phone: { type: string, pii: phone }
funnel:
  - { id: lead, owner: sales }
  - { id: sale, owner: sales, criteria: [ { id: won, rule: 'activities.exists(a, a.type == "sale")' } ] }
`;

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.faults, null, 1));
  return result.value;
}

/** What became of a file: the codes of the faults that refused it whole, or its report and rejects. */
export type Outcome =
  | { readonly faults: readonly string[]; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly faults: null;
      readonly report: BatchReport;
      readonly warnings: readonly string[];
      /** `line column code` of each refused row. */
      readonly rejects: readonly string[];
    };

export type Taken = Extract<Outcome, { faults: null }>;

interface TakeOptions {
  readonly as?: RecordKind;
  readonly mapping?: string;
  readonly answers?: Readonly<Record<string, string>>;
}

/** A warehouse in a folder of its own, into which texts are taken as files are. */
export class IngestBench {
  readonly agreement: Agreement;
  readonly #folder: string;
  readonly #warehouse: Warehouse;
  #entries = 0;

  private constructor(folder: string, warehouse: Warehouse, agreement: string) {
    this.agreement = valueOf(parseAgreement(agreement));
    this.#folder = folder;
    this.#warehouse = warehouse;
  }

  static async open(agreement = AGREEMENT): Promise<IngestBench> {
    const folder = await mkdtemp(join(tmpdir(), 'tregua-ingest-'));
    const warehouse = await openDuckdb({
      path: ':memory:',
      files: folder,
      temporary: join(folder, 'tmp'),
      memory: '1GB',
    });
    const bench = new IngestBench(folder, warehouse, agreement);
    await bench.empty();
    return bench;
  }

  async empty(): Promise<void> {
    await this.#warehouse.transaction(async (transaction) => {
      for (const table of rawTables(this.agreement)) {
        await transaction.run(createTable(table, this.#warehouse.dialect));
      }
    });
  }

  async close(): Promise<void> {
    await this.#warehouse.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async rows(table: string): Promise<readonly Row[]> {
    return this.#warehouse.query(sql`select * from ${identifier(table)} order by all`);
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  async take(content: string | Uint8Array, options: TakeOptions = {}): Promise<Outcome> {
    const path = this.path(`file-${this.#entries}`);
    await writeFile(path, content);
    return this.takeFile(path, options);
  }

  async takeFile(path: string, options: TakeOptions = {}): Promise<Outcome> {
    this.#entries += 1;
    const fields = this.agreement.fields.map((field) => field.name);
    const resolved = await resolveMapping(path, {
      agreement: this.agreement,
      fileName: 'export.csv',
      as: options.as,
      mapping:
        options.mapping === undefined ? undefined : valueOf(parseMapping(options.mapping, 'm.yaml', fields)),
      mappings: [],
      answers: () => readAnswers(new Map(Object.entries(options.answers ?? {}))),
    });
    if (!resolved.ok)
      return { faults: resolved.faults.map((each) => each.code), diagnostics: resolved.faults };
    const id = this.#entries;
    const entry = {
      id,
      source: resolved.value.source,
      externalId: String(id),
      receivedAt: new Date(Date.UTC(2026, 10, 1) + id * 1000).toISOString(),
      file: {
        hash: createHash('sha256').update(path).digest('hex'),
        name: 'export.csv',
        bytes: (await stat(path)).size,
      },
      kept: 'file' as const,
      mapping: resolved.value,
    };
    const { dialect } = this.#warehouse;
    const report = await this.#warehouse.transaction(async (transaction) => {
      await transaction.run(sql`create or replace temp table changed_lead (lead_id VARCHAR)`);
      return projectEntry(transaction, { entry, path, agreement: this.agreement, dialect, tellsLeads: true });
    });
    const rejects = await this.#warehouse.query(sql`select * from reject where entry = ${id} order by line`);
    return {
      faults: null,
      report,
      warnings: resolved.warnings.map((each) => each.code),
      rejects: rejects.map((row) =>
        [row['line'], row['column_name'], row['code']].filter((x) => x !== null).join(' '),
      ),
    };
  }
}

/** The outcome of a file that was not refused whole, with its rows reconciled. */
export function taken(outcome: Outcome): Taken {
  if (outcome.faults !== null) throw new Error(JSON.stringify(outcome.diagnostics));
  const { rowsRead, accepted, unchanged, rejected } = outcome.report;
  if (rowsRead !== accepted + unchanged + rejected || rejected !== outcome.rejects.length) {
    throw new Error(`rows do not reconcile: ${JSON.stringify(outcome)}`);
  }
  return outcome;
}
