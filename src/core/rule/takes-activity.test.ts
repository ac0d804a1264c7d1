import { expect, test } from 'vitest';
import { InvariantError } from '../diagnostic/errors.ts';
import { parseRule } from './rule.ts';
import { takesActivity } from './takes-activity.ts';

const FIELDS = [{ name: 'age', type: 'integer', pii: null }] as const;

function takes(source: string): boolean {
  const rule = parseRule(source, { kind: 'lead', fields: FIELDS });
  if (!rule.ok) throw new InvariantError(source);
  return takesActivity(rule.value.expression);
}

const CALL = 'activities.exists(a, a.type == "call")';

test.each([
  [CALL, true],
  [`lead.age >= 18 && ${CALL}`, true],
  [`lead.age >= 18 || ${CALL}`, false],
  [`!${CALL}`, false],
  [`!(!${CALL})`, true],
  ['activities.exists_one(a, a.type == "call")', true],
  ['activities.all(a, a.type == "call")', false],
  ['activities.filter(a, a.type == "call").size() >= 2', true],
  ['activities.filter(a, a.type == "call").size() < 2', false],
  ['activities.size() > 0', true],
  [`lead.age >= 18 ? ${CALL} : false`, true],
  [`lead.age >= 18 ? ${CALL} : true`, false],
  ['lead.age >= 18', false],
])('%s: %s', (source, expected) => {
  expect(takes(source)).toBe(expected);
});
