import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Field } from '../../../src/core/agreement/agreement.ts';
import { parseAgreement } from '../../../src/core/agreement/parse.ts';
import { readConditions } from '../../../src/core/rule/conditions.ts';
import type { Conditions } from '../../../src/core/rule/conditions.ts';
import { parseRule } from '../../../src/core/rule/rule.ts';
import { isComplete, writeConditions } from '../../../src/core/rule/write-conditions.ts';
import { agreementText, FIELDS } from '../../property/agreements.ts';
import { AS_OF, leadMaker } from '../../property/leads.ts';
import { criterionRule } from '../../property/rules.ts';
import { histories, stateAt } from '../../reference/history.ts';
import { leadBindings, truthOf } from '../../reference/rule-truth.ts';
import { SEED } from '../../seed.ts';

/** Rules as rows of a form, and rows as rules. */

const fields: readonly Field[] = Object.entries(FIELDS).map(([name, field]) => ({
  name,
  type: field.type,
  pii: 'pii' in field ? field.pii : null,
  label: {},
  missing: [],
}));

const parsed = parseAgreement(fc.sample(agreementText, { seed: SEED, numRuns: 1 })[0] ?? '');
if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
const agreement = parsed.value;

function rowsOf(source: string): Conditions | null {
  const rule = parseRule(source, { kind: 'lead', fields });
  if (!rule.ok) throw new Error(`${source}: ${JSON.stringify(rule.faults)}`);
  return readConditions(rule.value.expression);
}

describe('a rule is shown as rows', () => {
  test.each([
    ['lead.age >= 25 && lead.age <= 60', 'all: age between 25 60'],
    ['lead.phone != "" || lead.zone != ""', 'any: phone known, zone known'],
    ['lead.zone in ["north", "South"]', 'all: zone in north South'],
    ['!(lead.zone in ["n"]) && !lead.vip', 'all: zone not_in n, vip is_not'],
    ['25 <= lead.age', 'all: age >= 25'],
    ['has(lead.age) && lead.age > 3', 'all: age > 3 (missing: no)'],
    ['!has(lead.age) || lead.age >= 1 && lead.age <= 2', 'all: age between 1 2 (missing: yes)'],
    ['(has(lead.age) && lead.age < 9) || lead.vip == true', 'any: age < 9 (missing: no), vip is'],
    ['lead.seen - lead.created_at <= duration("72h")', 'all: seen within 72h'],
    ['lead.seen >= timestamp("2026-03-01T06:00:00Z")', 'all: seen >= 2026-03-01T06:00:00Z'],
    ['activities.exists(a, a.type == "call" && a.outcome == "ok")', 'all: some[type == call, outcome == ok]'],
    ['!activities.exists(a, a.type == "sale")', 'all: none[type == sale]'],
    [
      'activities.filter(a, a.type == "call" && a.at - lead.created_at <= duration("48h")).size() >= 2',
      'all: at_least 2[type == call, at within 48h]',
    ],
    ['activities.size() == 3', 'all: exactly 3[]'],
  ])('%s', (source, shown) => {
    expect(tellOf(rowsOf(source))).toBe(shown);
  });
});

describe('a rule of another form stays a text', () => {
  test.each([
    'lead.age * 2 > 30',
    'lead.age > 3 && (lead.vip || lead.zone == "n")',
    'activities.all(a, a.type == "call")',
    'activities.exists(a, a.reason == lead.zone)',
    'lead.zone.matches("^n")',
    'lead.vip ? lead.age > 3 : lead.age > 5',
    '!(lead.age > 3)',
  ])('%s', (source) => {
    expect(rowsOf(source)).toBeNull();
  });
});

test.each([
  ['activity.type == "sale"', 'all: type == sale'],
  [
    'activity.type in ["sale", "renewal"] && activity.amount >= 100.0',
    'all: type in sale renewal, amount >= 100.0',
  ],
  ['activity.type == "sale" || activity.outcome == "won"', 'any: type == sale, outcome == won'],
  ['activity.type.matches("^s")', ''],
])('a rule over one activity is rows, and these the rule again: %s', (source, shown) => {
  const rule = parseRule(source, { kind: 'activity' });
  const rows = rule.ok ? readConditions(rule.value.expression, 'activity') : null;
  expect(tellOf(rows)).toBe(shown);
  if (rows !== null) expect(writeConditions(rows, 'activity')).toBe(source);
});

test('rows are written as a person would write them', () => {
  const written = (source: string): string => {
    const rows = rowsOf(source);
    return rows === null ? '' : writeConditions(rows);
  };
  for (const source of [
    'lead.age >= 25 && lead.age <= 60',
    'lead.phone != "" || has(lead.zone)',
    '(!has(lead.age) || lead.age > 3) && lead.vip',
    '(has(lead.age) && lead.age > 3) || !lead.vip',
    'activities.filter(a, a.type == "call").size() >= 2 && activities.size() <= 9',
    'lead.zone == "a \\"quoted\\" \\\\ text"',
  ])
    expect(written(source)).toBe(source);
});

test(`the rows of a rule mean what it means (seed ${SEED})`, () => {
  let shown = 0;
  fc.assert(
    fc.property(criterionRule, fc.array(leadMaker, { minLength: 3, maxLength: 3 }), (source, makers) => {
      const rows = rowsOf(source);
      if (rows === null) return;
      shown += 1;
      expect(rows.rows.every(isComplete)).toBe(true);
      const again = writeConditions(rows);
      // What was written is read as the same rows, and is not changed by being read.
      expect(rowsOf(again)).toEqual(rows);
      const records = makers.map((make, nth) => make(`L${nth}`));
      const known = histories(
        {
          versions: records.flatMap(({ versions }) => versions),
          activities: records.flatMap(({ activities }) => activities),
          ads: [],
        },
        { agreement, asOf: AS_OF },
      );
      for (const history of known) {
        const bindings = leadBindings(stateAt(history, AS_OF), fields);
        expect(truthOf(again, bindings), `${source} → ${again}`).toBe(truthOf(source, bindings));
      }
    }),
    { seed: SEED, numRuns: 800 },
  );
  expect(shown).toBeGreaterThan(200);
});

function tellOf(conditions: Conditions | null): string {
  if (conditions === null) return '';
  const told = (test: Conditions['rows'][number]): string => {
    if (test.kind === 'activity') {
      const count = ['at_least', 'at_most', 'exactly'].includes(test.quantity) ? ` ${test.count}` : '';
      return `${test.quantity}${count}[${test.details.map((each) => told({ kind: 'field', ...each })).join(', ')}]`;
    }
    const own = [test.subject, test.comparison, ...test.values].join(' ');
    const isPlain = test.absent === 'unknown' || test.comparison === 'known' || test.comparison === 'absent';
    return isPlain ? own : `${own} (missing: ${test.absent})`;
  };
  return `${conditions.join}: ${conditions.rows.map(told).join(', ')}`;
}
