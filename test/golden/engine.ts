import type { DuckDBConnection } from '@duckdb/node-api';
import type { Agreement } from '../../src/core/agreement/agreement.ts';
import { rulebookOf, underOne } from '../../src/core/agreement/rulebook.ts';
import type { AgreementVersion, Rulebook } from '../../src/core/agreement/rulebook.ts';
import { derivation, STORED_TABLES } from '../../src/core/facts/derive.ts';
import type { FactTables } from '../../src/core/facts/derive.ts';
import { draftBeside } from '../../src/core/facts/draft-leads.ts';
import type { DraftContext, MeasureContext, Row } from '../../src/core/measures/measure.ts';
import { findMeasure, rowsAsked } from '../../src/core/measures/registry.ts';
import { duckdb } from '../../src/core/sql/duckdb.ts';
import { render } from '../../src/core/sql/sql.ts';
import type { Fragment } from '../../src/core/sql/sql.ts';
import { rowValue } from '../../src/node/warehouse/rows.ts';
import { execute, fill, openMemory } from '../property/warehouse.ts';
import { readRecords } from '../reference/canonical-csv.ts';
import type { Instant } from '../reference/records.ts';
import { isoOf } from '../reference/records.ts';

/** The days that a question without dates is about. */
export interface Extent {
  readonly from: string;
  readonly to: string;
}

/** Asks a measure of the tables that `derive` left in an engine in memory. */
export async function askEngine(
  connection: DuckDBConnection,
  agreement: Agreement,
  asOf: Instant,
  extent: Extent | null,
  measure: string,
  question: unknown,
  tables: FactTables = STORED_TABLES,
): Promise<unknown> {
  return askContext(connection, measure, question, {
    agreement,
    version: 1,
    judgements: underOne(agreement).judgements,
    absent: [],
    dialect: duckdb,
    asOf: new Date(isoOf(asOf)).toISOString(),
    extent,
    tables,
    ...(findMeasure(measure)?.judgesDrafts === true ? { draft: beside(agreement, tables) } : {}),
  });
}

/** Asks a measure in a context. */
export async function askContext(
  connection: DuckDBConnection,
  measure: string,
  question: unknown,
  context: MeasureContext,
): Promise<unknown> {
  const registered = findMeasure(measure);
  if (registered === null) throw new RangeError(`no measure: ${measure}`);
  const asked = registered.ask(question, context);
  if (!asked.ok) throw new Error(JSON.stringify(asked.faults));
  const rows = await rowsAsked(asked.value, (query) => rowsOf(connection, query));
  const made = asked.value.make(rows);
  if (!made.ok) throw new Error(JSON.stringify(made.faults));
  return made.value;
}

/** Leads under versions of an agreement, derived in an engine of their own, and the context to ask of them. */
export async function deriveVersions(
  versions: readonly AgreementVersion[],
  files: Parameters<typeof readRecords>[1],
  asOf: string,
  extent: Extent,
): Promise<{
  readonly connection: DuckDBConnection;
  readonly rules: Rulebook;
  readonly context: MeasureContext;
}> {
  const read = rulebookOf(versions);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const rules = read.value;
  const { counted, judgements, absent, version } = rules;
  const connection = await openMemory();
  await fill(connection, counted, readRecords(counted, files));
  for (const step of derivation(rules, duckdb, { asOf, scope: 'all' })) await execute(connection, step);
  return {
    connection,
    rules,
    context: {
      agreement: counted,
      version,
      judgements,
      absent,
      dialect: duckdb,
      asOf: new Date(asOf).toISOString(),
      extent,
      tables: STORED_TABLES,
    },
  };
}

/** An agreement as its own draft: what is asked of a draft is asked of it. */
function beside(agreement: Agreement, tables: FactTables): DraftContext {
  return { agreement, ...draftBeside(agreement, agreement, { today: tables, draft: tables }) };
}

/** The rows of a query, as the program reads them. */
export async function rowsOf(connection: DuckDBConnection, query: Fragment): Promise<readonly Row[]> {
  const { text, values } = render(query, duckdb);
  const reader = await connection.runAndReadAll(text, [...values]);
  const names = reader.columnNames();
  return reader
    .getRows()
    .map((row) => Object.fromEntries(names.map((name, index) => [name, rowValue(row[index] ?? null)])));
}
