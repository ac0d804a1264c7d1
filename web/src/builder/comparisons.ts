import type { Comparison, Test } from '../../../src/core/rule/conditions.ts';
import type { ActivityMember, ValueType } from '../../../src/core/rule/expression.ts';
import { valuesOf } from '../../../src/core/rule/write-conditions.ts';
import type { Absent } from '../../../src/core/rule/conditions.ts';

const OF_TYPE: Readonly<Record<ValueType, readonly Comparison[]>> = {
  string: [
    '==',
    '!=',
    'in',
    'not_in',
    'contains',
    'not_contains',
    'startsWith',
    'endsWith',
    'known',
    'absent',
  ],
  int: ['>=', '<=', 'between', '>', '<', '==', '!=', 'in', 'not_in', 'known', 'absent'],
  double: ['>=', '<=', 'between', '>', '<', '==', '!=', 'known', 'absent'],
  bool: ['is', 'is_not', 'known', 'absent'],
  timestamp: ['>=', '<', 'between', 'within', 'after', 'known', 'absent'],
  duration: ['<=', '>='],
};

/** What may be asked of a value, in the order in which it is offered. */
export function comparisonsOf(type: ValueType, subject: string, isPersonal: boolean): readonly Comparison[] {
  if (isPersonal) return ['known', 'absent'];
  if (subject === 'created_at') return ['>=', '<', 'between'];
  // An activity's moment is always known.
  if (subject === 'at') return ['within', 'after', '>=', '<', 'between'];
  return OF_TYPE[type];
}

/** A test with another comparison: its values stay as far as they fit. */
export function compared<T extends Test>(test: T, comparison: Comparison): T {
  const isSpan = (each: Comparison): boolean => each === 'within' || each === 'after';
  const fits = isSpan(test.comparison) === isSpan(comparison);
  const needed = valuesOf(comparison);
  const kept = fits ? test.values : [];
  const values =
    needed === 'several'
      ? kept
      : kept.slice(0, needed).concat(isSpan(comparison) && kept.length === 0 ? ['24h'] : []);
  return { ...test, comparison, values, absent: absentOf(test.absent, comparison) };
}

function absentOf(absent: Absent, comparison: Comparison): Absent {
  if (comparison === 'known') return 'no';
  return comparison === 'absent' ? 'yes' : absent;
}

/** A first question about a value: complete where that needs no value. */
export function firstTest<S extends string>(subject: S, type: ValueType, isPersonal: boolean): Test<S> {
  const comparison = comparisonsOf(type, subject, isPersonal)[0] ?? 'known';
  return compared({ subject, type, comparison: 'known', values: [], absent: 'unknown' }, comparison);
}

export const MEMBERS: readonly ActivityMember[] = [
  'type',
  'outcome',
  'seller',
  'at',
  'amount',
  'reason',
  'currency',
];
