import type { Agreement, Dimension } from '../agreement/agreement.ts';
import { bandNames } from '../facts/bands.ts';
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import { twoProportionTest } from '../stats/two-proportions.ts';
import { DISCOVERY_RATE, SMALL } from './breakdown-cells.ts';
import type { HandoffCounts, HandoffGroup, HandoffTimes } from './handoffs-answer.ts';
import type { Row } from './measure.ts';
import { share } from './share.ts';

/** The leads of a hand-over in one group, under its text; null is the missing one. */
export interface Tally {
  readonly value: string | null;
  readonly counts: HandoffCounts;
  readonly time: HandoffTimes;
}

/** What a row with a count for each outcome comes to. */
export function countsOf(row: Row): HandoffCounts {
  const count = (name: string): number => {
    const value = row[name];
    return typeof value === 'number' ? value : 0;
  };
  const [kept, late, overdue, missed, pending, closed] = [
    count('kept'),
    count('late'),
    count('overdue'),
    count('missed'),
    count('pending'),
    count('closed'),
  ];
  const broken = late + overdue + missed;
  return {
    entered: kept + broken + pending + closed,
    kept,
    late,
    overdue,
    missed,
    pending,
    closed,
    answered: kept + late,
    broken,
    waiting: overdue + pending,
    share: share(null, kept, kept + broken, 'cohort'),
  };
}

/**
 * Groups in their order, those beyond the largest folded into one, each against all the others together with
 * the false discovery rate of the tests bounded.
 */
export function tellApart(
  tallies: readonly Tally[],
  dimension: Dimension,
  top: number,
  agreement: Agreement,
): HandoffGroup[] {
  const groups = folded(inOrder(tallies, dimension, agreement), dimension, top);
  const kept = groups.reduce((sum, group) => sum + group.kept, 0);
  const judged = groups.reduce((sum, group) => sum + group.share.denominator, 0);
  const pValues = groups.map(({ share: own }) =>
    twoProportionTest(own, { numerator: kept - own.numerator, denominator: judged - own.denominator }),
  );
  const adjusted = benjaminiHochberg(pValues.filter((p) => p !== null));
  let next = 0;
  return groups.map((group, position) => {
    if (pValues[position] === null) return group;
    const q = adjusted[next] ?? null;
    next += 1;
    return { ...group, q, differs: q !== null && q <= DISCOVERY_RATE && !group.small };
  });
}

function inOrder(tallies: readonly Tally[], dimension: Dimension, agreement: Agreement): readonly Tally[] {
  const byText = new Intl.Collator('en', { numeric: true });
  const text = ({ value }: Tally): string => value ?? '';
  const names =
    dimension.kind === 'bands'
      ? bandNames(
          dimension.edges,
          agreement.fields.find(({ name }) => name === dimension.field)?.type === 'integer',
        )
      : [];
  return tallies.toSorted((left, right) => {
    if ((left.value === null) !== (right.value === null)) return left.value === null ? 1 : -1;
    if (dimension.kind === 'bands') return names.indexOf(text(left)) - names.indexOf(text(right));
    if (dimension.kind === 'calendar') return byText.compare(text(left), text(right));
    return right.counts.entered - left.counts.entered || byText.compare(text(left), text(right));
  });
}

function folded(tallies: readonly Tally[], dimension: Dimension, top: number): readonly HandoffGroup[] {
  const named = tallies.filter(({ value }) => value !== null);
  const missing = tallies.filter(({ value }) => value === null).map((tally) => groupOf(tally, 'missing'));
  const keepsAll = dimension.kind === 'bands' || dimension.kind === 'calendar' || named.length <= top;
  if (keepsAll) return [...named.map((tally) => groupOf(tally, 'value')), ...missing];
  const rest = named.slice(top);
  const sums = Object.fromEntries(
    (['kept', 'late', 'overdue', 'missed', 'pending', 'closed'] as const).map((name) => [
      name,
      rest.reduce((sum, { counts }) => sum + counts[name], 0),
    ]),
  );
  // Quantiles of several groups cannot be told from theirs.
  const other = groupOf({ value: null, counts: countsOf(sums), time: null }, 'other', rest.length);
  return [...named.slice(0, top).map((tally) => groupOf(tally, 'value')), other, ...missing];
}

function groupOf({ value, counts, time }: Tally, kind: HandoffGroup['kind'], members = 1): HandoffGroup {
  return {
    ...counts,
    kind,
    value: kind === 'other' ? null : (value ?? ''),
    time,
    small: counts.share.denominator < SMALL,
    differs: false,
    q: null,
    members,
  };
}
