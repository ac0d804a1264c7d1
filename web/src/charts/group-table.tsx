import type { ReactNode } from 'react';
import type { BreakdownAnswer, GroupAnswer } from '../../../src/core/measures/answer.ts';
import { groupText } from '../../../src/core/measures/group-text.ts';
import { useReading } from '../language.tsx';
import { dimensionLabel } from '../parts/dimension-label.ts';
import type { View } from '../parts/use-view.ts';
import type { Search } from '../search.ts';
import { filtersOf } from './share-bars.tsx';
import { Link } from '../parts/link.tsx';
import { Scroll } from '../parts/scroll.tsx';

type Column = 'group' | 'from' | 'to' | 'rate' | 'before' | 'rest' | 'cost';

/** A group's rate less that of all the others together; null where either is not known. */
function distance({ rate }: GroupAnswer, { rate: total }: GroupAnswer): number | null {
  const others = total.denominator - rate.denominator;
  if (rate.rate === null || others <= 0) return null;
  return rate.rate - (total.numerator - rate.numerator) / others;
}

function sorted(
  groups: readonly GroupAnswer[],
  sort: string | undefined,
  answer: BreakdownAnswer,
): readonly GroupAnswer[] {
  if (sort === undefined) return groups;
  const [from = '', to = ''] = answer.stages;
  const column = sort.replace(/^-/, '');
  const sign = sort.startsWith('-') ? -1 : 1;
  const key = (group: GroupAnswer): number =>
    column === 'from'
      ? (group.counts[from] ?? 0)
      : column === 'to'
        ? (group.counts[to] ?? 0)
        : column === 'cost'
          ? (group.cost ?? 0)
          : column === 'before'
            ? (group.previous?.rate.rate ?? -1)
            : column === 'rest'
              ? (distance(group, answer.total) ?? -2)
              : (group.rate.rate ?? -1);
  return groups.toSorted((left, right) =>
    column === 'group'
      ? sign * (left.value ?? '').localeCompare(right.value ?? '', undefined, { numeric: true })
      : sign * (key(left) - key(right)),
  );
}

/** Groups in numbers, sorted by any column, each with its distance from all the others together. */
export function GroupTable({
  answer,
  view,
  state,
  sort,
}: {
  readonly answer: BreakdownAnswer;
  readonly view: View;
  readonly state: Search;
  readonly sort: (column: string) => void;
}): ReactNode {
  const { t } = useReading();
  const [from = '', to = ''] = answer.stages;
  const hasCost = answer.groups.some((group) => group.cost !== null);
  const columns: readonly (readonly [Column, string])[] = [
    ['group', dimensionLabel(answer.dimension, view, t)],
    ['from', view.stage(from)],
    ['to', view.stage(to)],
    ['rate', t('table.rate')],
    ...(answer.compared === null ? [] : [['before', t('table.before')] as const]),
    ['rest', t('table.rest')],
    ...(hasCost ? [['cost', t('table.cost', { stage: view.stage(to) })] as const] : []),
  ];
  const row = (group: GroupAnswer): ReactNode => {
    const name = groupText(group.kind, group.value, answer.part, t, group.members);
    const filter = [...filtersOf(state, answer.dimension), `${answer.dimension}=${group.value ?? ''}`];
    return (
      <tr
        key={`${group.kind}:${group.value ?? ''}`}
        className={group.kind === 'total' ? 'total' : group.small ? 'dim' : ''}
      >
        <th scope="row">
          {group.kind === 'total' || group.kind === 'other' ? (
            name
          ) : (
            <Link to="/leads" search={{ ...state, stage: from, status: undefined, filter }}>
              {name}
            </Link>
          )}
        </th>
        <td className="number">{view.format.count(group.counts[from] ?? null)}</td>
        <td className="number">{view.format.count(group.counts[to] ?? null)}</td>
        <td className="number">
          {view.format.percent(group.rate.rate)}
          {group.rate.low !== null && group.rate.high !== null && (
            <small>{view.format.interval(group.rate.low, group.rate.high)}</small>
          )}
        </td>
        {answer.compared !== null && (
          <td className="number">{view.format.percent(group.previous?.rate.rate ?? null)}</td>
        )}
        <td className="number">
          {group.kind !== 'total' &&
            t('table.points', { points: view.format.points(distance(group, answer.total)) })}
          <small>
            {group.differs
              ? t((group.rate.rate ?? 0) > (answer.total.rate.rate ?? 0) ? 'bars.above' : 'bars.below')
              : group.small
                ? t('table.few')
                : ''}
          </small>
        </td>
        {hasCost && <td className="number">{view.format.money(group.cost)}</td>}
      </tr>
    );
  };
  return (
    <Scroll>
      <table className="groups">
        <thead>
          <tr>
            {columns.map(([column, label]) => {
              const current = state.order?.replace(/^-/, '') === column;
              const descending = state.order?.startsWith('-') === true;
              return (
                <th
                  key={column}
                  scope="col"
                  className={column === 'group' ? '' : 'number'}
                  aria-sort={current ? (descending ? 'descending' : 'ascending') : 'none'}
                >
                  <button type="button" onClick={() => sort(current && descending ? column : `-${column}`)}>
                    {label}
                    <span aria-hidden="true">{current ? (descending ? ' ↓' : ' ↑') : ''}</span>
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>{sorted(answer.groups, state.order, answer).map(row)}</tbody>
        <tfoot>{row(answer.total)}</tfoot>
      </table>
    </Scroll>
  );
}
