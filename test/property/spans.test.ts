import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spanOf } from '../../src/core/facts/spans.ts';
import type { Moment } from '../../src/core/facts/spans.ts';
import type { ComparisonOperator, Expression } from '../../src/core/rule/expression.ts';
import { SEED } from '../seed.ts';

/** The stretch of time of a rule is that at which the rule, asked at each instant by itself, is true. */

const CASES = 2 * Number(process.env['TREGUA_CASES'] ?? 2500);
const CREATED = 0;
const LAST = 6;

/** What a lead has: of each attribute whether it is true, of each kind of activity when it happened. */
interface Story {
  readonly attributes: readonly (boolean | null)[];
  readonly activities: readonly (readonly number[])[];
}

const attribute = fc.nat({ max: 1 }).map((nth): Expression => ({
  kind: 'lead',
  type: 'bool',
  field: String(nth),
  pii: false,
}));

const predicate = fc.nat({ max: 2 }).map((nth): Expression => ({
  kind: 'compare',
  type: 'bool',
  operator: '==',
  left: { kind: 'activity', type: 'string', member: 'type' },
  right: { kind: 'literal', type: 'string', value: String(nth) },
}));

const quantified = fc
  .tuple(fc.constantFrom('exists', 'exists', 'exists_one', 'all'), predicate)
  .map(([quantifier, of]): Expression => ({ kind: 'quantified', type: 'bool', quantifier, predicate: of }));

const counted = fc
  .tuple(
    fc.constantFrom<ComparisonOperator[]>('==', '!=', '<', '<=', '>', '>='),
    predicate,
    fc.integer({ min: -1, max: 3 }),
    fc.boolean(),
  )
  .map(([operator, of, number, isTurned]): Expression => {
    const count: Expression = { kind: 'count', type: 'int', predicate: of };
    const literal: Expression = { kind: 'literal', type: 'int', value: String(number) };
    return {
      kind: 'compare',
      type: 'bool',
      operator,
      ...(isTurned ? { left: literal, right: count } : { left: count, right: literal }),
    };
  });

const { rule } = fc.letrec<{ rule: Expression }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 2, arbitrary: attribute },
    { weight: 3, arbitrary: quantified },
    { weight: 3, arbitrary: counted },
    { weight: 2, arbitrary: tie('rule').map((of): Expression => ({ kind: 'not', type: 'bool', of })) },
    {
      weight: 5,
      arbitrary: fc
        .tuple(fc.constantFrom('and', 'or'), tie('rule'), tie('rule'))
        .map(([kind, left, right]): Expression => ({ kind, type: 'bool', left, right })),
    },
  ),
}));

const story: fc.Arbitrary<Story> = fc.record({
  attributes: fc.tuple(...[0, 1].map(() => fc.constantFrom(true, false, null))),
  activities: fc.tuple(
    ...[0, 1, 2].map(() =>
      fc
        .array(fc.integer({ min: CREATED, max: LAST }), { maxLength: 4 })
        .map((times) => times.toSorted((one, other) => one - other)),
    ),
  ),
});

function kindOf(of: Expression): number {
  if (of.kind !== 'compare' || of.right.kind !== 'literal') throw new Error(of.kind);
  return Number(of.right.value);
}

const COMPARED: Readonly<Record<ComparisonOperator, (left: number, right: number) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** A rule at an instant; `null` where it cannot be told. */
function truthAt(expression: Expression, t: number, lead: Story): boolean | null {
  const happened = (of: Expression): number =>
    (lead.activities[kindOf(of)] ?? []).filter((each) => each <= t).length;
  if (expression.kind === 'lead') return lead.attributes[Number(expression.field)] ?? null;
  if (expression.kind === 'not') {
    const of = truthAt(expression.of, t, lead);
    return of === null ? null : !of;
  }
  if (expression.kind === 'and' || expression.kind === 'or') {
    const sides = [truthAt(expression.left, t, lead), truthAt(expression.right, t, lead)];
    const decides = expression.kind === 'or';
    if (sides.includes(decides)) return decides;
    return sides.includes(null) ? null : !decides;
  }
  if (expression.kind === 'quantified') {
    const count = happened(expression.predicate);
    if (expression.quantifier === 'exists') return count > 0;
    if (expression.quantifier === 'exists_one') return count === 1;
    return lead.activities.flat().filter((each) => each <= t).length === count;
  }
  if (expression.kind !== 'compare') throw new Error(expression.kind);
  const value = (side: Expression): number => {
    if (side.kind === 'count') return happened(side.predicate);
    if (side.kind === 'literal') return Number(side.value);
    throw new Error(side.kind);
  };
  return COMPARED[expression.operator](value(expression.left), value(expression.right));
}

/** When a moment comes; `null` for never. */
function timeOf(moment: Moment, lead: Story): number | null {
  switch (moment.kind) {
    case 'created':
      return moment.holds === null || truthAt(moment.holds, CREATED, lead) === true ? CREATED : null;
    case 'match':
      return lead.activities[kindOf(moment.macro.predicate)]?.[moment.nth - 1] ?? null;
    case 'latest': {
      const times = moment.of.map((each) => timeOf(each, lead));
      return times.includes(null) ? null : Math.max(...times.map(Number));
    }
    case 'earliest': {
      const times = moment.of.map((each) => timeOf(each, lead)).filter((time) => time !== null);
      return times.length === 0 ? null : Math.min(...times);
    }
    case 'unless':
      return truthAt(moment.holds, CREATED, lead) === true ? null : timeOf(moment.of, lead);
  }
}

test(`spans of random rules (seed ${SEED})`, () => {
  let spans = 0;
  let ending = 0;
  fc.assert(
    fc.property(rule, story, (expression, lead) => {
      const span = spanOf(expression);
      if (span === null) return;
      spans += 1;
      const from = timeOf(span.from, lead);
      const until = span.until === null ? null : timeOf(span.until, lead);
      if (until !== null) ending += 1;
      for (let t = CREATED; t <= LAST; t += 1) {
        const within = from !== null && t >= from && (until === null || t < until);
        expect(truthAt(expression, t, lead) === true).toBe(within);
      }
    }),
    { numRuns: CASES, seed: SEED },
  );
  expect(spans).toBeGreaterThan(CASES / 4);
  expect(ending).toBeGreaterThan(CASES / 20);
});
