import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { parseAgreement } from '../../src/core/agreement/parse.ts';
import { parseRule } from '../../src/core/rule/rule.ts';
import { parseMapping } from '../../src/node/ingest/mapping-document.ts';
import { SEED } from '../seed.ts';
import {
  damaged,
  expectSmallHeap,
  expectTold,
  expectUnpolluted,
  inputs,
  options,
  patience,
} from './inputs.ts';
import { AGREEMENT } from './listed/desk.ts';

/** Agreements, rules and mappings that somebody damaged: read, or refused with code, place and words; never a crash. */

afterAll(() => {
  expectUnpolluted();
  expectSmallHeap();
});

function examples(folder: string): readonly string[] {
  const url = new URL(`../../examples/${folder}/`, import.meta.url);
  return readdirSync(url)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(new URL(name, url), 'utf8'));
}

/** The long ones are rarer, for they take longer. */
const AGREEMENTS = [
  ...Array<string>(12).fill(AGREEMENT),
  ...examples('agreements').filter((text) => text.length < 8000),
];

const MAPPING = `source: deals
match: { columns: [mql_id, won_date] }
timezone: America/Sao_Paulo
dates: dmy
decimal: ","
missing: ["", "NULL"]
records:
  - kind: activities
    when: row["won_date"] != "" && row["stage"].startsWith("w")
    columns: { lead_id: mql_id, at: won_date, amount: revenue }
    constants: { type: sale, currency: EUR }
  - kind: leads
    columns: { lead_id: mql_id, effective_at: won_date, zone: segment }
`;

const MAPPINGS = [
  MAPPING,
  `source: crm\nkey: [id]\nlists: { props: name }\nreplace: [deals]\ndeleted: row["x"] == "1"\nfields: "props.*"\nmatch: { stream: deals }\nrecords: [ { kind: ads, columns: { date: day }, divide: { spend: 1000000 } } ]\n`,
];

const RULES = [
  'lead.age >= 25 && lead.zone in ["Norte", "Sur"] || !has(lead.phone)',
  'activities.exists(a, a.type == "call" && a.at - lead.created_at < duration("24h") && a.amount > 2.5)',
  'activities.filter(a, a.outcome.startsWith("x")).size() % 3 == 1 ? lead.budget / 2.0 > 1.0 : lead.zone.matches("^(a|b)+$")',
  'timestamp("2026-03-01T00:00:00Z") < lead.created_at + duration("-6h") && size(lead.zone.lowerAscii()) * 2 != -1',
];

const SHARES = { agreements: 0.1, rules: 0.18, mappings: 0.101 } as const;

test(`agreements (seed ${SEED})`, { timeout: patience(inputs(SHARES.agreements), 60) }, () => {
  fc.assert(
    fc.property(damaged(AGREEMENTS), (text) => {
      const result = parseAgreement(text, 'tregua.yaml');
      if (!result.ok) expectTold(result.faults, text);
    }),
    options(inputs(SHARES.agreements)),
  );
});

const agreement = parseAgreement(AGREEMENT);
if (!agreement.ok) throw new Error('the agreement of the test');
const { fields } = agreement.value;

test(`rules (seed ${SEED})`, { timeout: patience(inputs(SHARES.rules), 30) }, () => {
  fc.assert(
    fc.property(damaged(RULES), (text) => {
      const result = parseRule(text, { kind: 'lead', fields });
      if (!result.ok) expectTold(result.faults, text);
    }),
    options(inputs(SHARES.rules)),
  );
});

test(`mappings (seed ${SEED})`, { timeout: patience(inputs(SHARES.mappings), 30) }, () => {
  const names = fields.map(({ name }) => name);
  fc.assert(
    fc.property(damaged(MAPPINGS), (text) => {
      const result = parseMapping(text, 'm.yaml', names);
      if (!result.ok) expectTold(result.faults, text);
      else expect(result.value.source).toMatch(/^[a-zA-Z0-9][\w.-]*$/);
    }),
    options(inputs(SHARES.mappings)),
  );
});
