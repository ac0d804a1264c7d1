import type { DuckDBConnection } from '@duckdb/node-api';
import type { Agreement } from '../../src/core/agreement/agreement.ts';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import { leadFacts } from '../reference/lead-facts.ts';
import type { LeadFacts } from '../reference/lead-facts.ts';
import type { Records, Setting } from '../reference/records.ts';
import { AS_OF } from './leads.ts';
import type { LeadMaker } from './leads.ts';
import { derive, fill } from './warehouse.ts';

/** Random leads under a random agreement, in the engine and by the reference. */
export interface Scene {
  readonly agreement: Agreement;
  readonly records: Records;
  readonly setting: Setting;
  /** By the reference. */
  readonly facts: readonly LeadFacts[];
}

/**
 * Fills the engine with leads and derives them.
 *
 * @param change what to make of the agreement first
 */
export async function deriveScene(
  connection: DuckDBConnection,
  source: string,
  makers: readonly LeadMaker[],
  change: (agreement: Agreement) => Agreement = (agreement) => agreement,
): Promise<Scene> {
  const parsed = parseAgreement(source);
  if (!parsed.ok) throw new Error(source);
  const agreement = change(parsed.value);
  const leads = makers.map((make, nth) => make(`lead-${nth}`));
  const records = {
    versions: leads.flatMap((each) => each.versions),
    activities: leads.flatMap((each) => each.activities),
    ads: [],
  };
  await fill(connection, agreement, records);
  await derive(connection, agreement, AS_OF);
  const setting = { agreement, asOf: AS_OF };
  return { agreement, records, setting, facts: leadFacts(setting, records) };
}
