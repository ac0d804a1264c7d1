import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { BreakdownAnswer, GroupAnswer } from '../../../src/core/measures/answer.ts';
import { addressOf, useAnswer } from '../api.ts';
import { HeatMap } from '../charts/heat-map.tsx';
import { filtersOf, ShareBars } from '../charts/share-bars.tsx';
import { useReading } from '../language.tsx';
import { groupText } from '../../../src/core/measures/group-text.ts';
import { Failure, Nothing, Skeleton } from '../parts/states.tsx';
import { useView } from '../parts/use-view.ts';
import type { View } from '../parts/use-view.ts';
import { questionOf } from '../search.ts';
import type { Search } from '../search.ts';
import { defaultPair, labelOf } from './panorama.tsx';

/** Any two stages by any dimension: chart, table, file. */
export function BreakdownsScreen(): ReactNode {
  const { t, language } = useReading();
  const state = useSearch({ strict: false });
  const navigate = useNavigate();
  const view = useView();
  const stages = view?.agreement.stages ?? [];
  const reached = stages.filter((stage) => stage.kind === 'reached');
  const pair = state.stages ?? defaultPair(reached.map((stage) => stage.id));
  const [from = '', to = ''] = pair.split(',');
  const dimension = state.dimension ?? view?.agreement.dimensions[0]?.id ?? 'weekday_hour';
  const question = view === null ? {} : { ...questionOf(state, view.status), stages: pair, top: 30 };
  const answer = useAnswer(`breakdown/${dimension}`, question, view !== null);
  const set = (change: Partial<Search>): void => {
    void navigate({ to: '.', search: (before) => ({ ...before, ...change }) });
  };
  if (view === null) return <Skeleton lines={8} />;
  const place = (id: string): number => stages.findIndex((stage) => stage.id === id);
  return (
    <>
      <h1>
        {t('breakdowns.title', {
          from: view.stage(from),
          to: view.stage(to),
          dimension: labelOf(dimension, view).toLocaleLowerCase(language),
        })}
      </h1>
      <div className="choices">
        <label>
          <span>{t('breakdowns.from')}</span>
          <select
            value={from}
            onChange={(event) => {
              const next = event.target.value;
              const after = place(to) > place(next) ? to : (stages[place(next) + 1]?.id ?? to);
              set({ stages: `${next},${after}` });
            }}
          >
            {stages.slice(0, -1).map((stage) => (
              <option key={stage.id} value={stage.id}>
                {stage.label}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{t('breakdowns.to')}</span>
          <select value={to} onChange={(event) => set({ stages: `${from},${event.target.value}` })}>
            {stages.slice(place(from) + 1).map((stage) => (
              <option key={stage.id} value={stage.id}>
                {stage.label}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{t('breakdowns.by')}</span>
          <select value={dimension} onChange={(event) => set({ dimension: event.target.value })}>
            {view.agreement.dimensions.map((each) => (
              <option key={each.id} value={each.id}>
                {each.label}
              </option>
            ))}
            {(['weekday', 'hour', 'month'] as const)
              .filter((part) => !view.agreement.dimensions.some((each) => each.id === part))
              .map((part) => (
                <option key={part} value={part}>
                  {t(`part.${part}`)}
                </option>
              ))}
          </select>
        </label>
        <a
          className="button"
          href={addressOf(`breakdown/${dimension}`, {
            ...question,
            top: 1000,
            format: 'csv',
            lang: language,
          })}
          download
        >
          {t('breakdowns.csv')}
        </a>
      </div>
      {answer.error ? (
        <Failure error={answer.error} retry={() => void answer.refetch()} />
      ) : answer.data === undefined ? (
        <Skeleton lines={8} />
      ) : answer.data.groups.length === 0 ? (
        <Nothing>{t('state.nothing')}</Nothing>
      ) : (
        <div className={answer.isPlaceholderData ? 'waiting' : ''}>
          <section className="panel" aria-label={t('breakdowns.chart')}>
            {answer.data.part === 'weekday_hour' ? (
              <HeatMap answer={answer.data} view={view} search={state} />
            ) : (
              <ShareBars answer={answer.data} view={view} search={state} />
            )}
            {answer.data.part !== 'weekday_hour' && (
              <p className="legend">
                {t('breakdowns.overall', { rate: view.format.percent(answer.data.total.rate.rate) })}{' '}
                {t('breakdowns.legend')}
              </p>
            )}
          </section>
          {answer.data.part === 'weekday_hour' ? (
            <details>
              <summary>{t('chart.as_table')}</summary>
              <GroupTable
                answer={answer.data}
                view={view}
                state={state}
                sort={(sort) => set({ order: sort })}
              />
            </details>
          ) : (
            <GroupTable
              answer={answer.data}
              view={view}
              state={state}
              sort={(sort) => set({ order: sort })}
            />
          )}
        </div>
      )}
    </>
  );
}

type Column = 'group' | 'from' | 'to' | 'rate' | 'cost';

function sorted(
  groups: readonly GroupAnswer[],
  sort: string | undefined,
  pair: readonly string[],
): readonly GroupAnswer[] {
  if (sort === undefined) return groups;
  const [from = '', to = ''] = pair;
  const column = sort.replace(/^-/, '');
  const sign = sort.startsWith('-') ? -1 : 1;
  const key = (group: GroupAnswer): number =>
    column === 'from'
      ? (group.counts[from] ?? 0)
      : column === 'to'
        ? (group.counts[to] ?? 0)
        : column === 'cost'
          ? (group.cost ?? 0)
          : (group.rate.rate ?? -1);
  return groups.toSorted((left, right) =>
    column === 'group'
      ? sign * (left.value ?? '').localeCompare(right.value ?? '', undefined, { numeric: true })
      : sign * (key(left) - key(right)),
  );
}

function GroupTable({
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
    ['group', labelOf(answer.dimension, view)],
    ['from', view.stage(from)],
    ['to', view.stage(to)],
    ['rate', t('table.rate')],
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
        {hasCost && <td className="number">{view.format.money(group.cost)}</td>}
        <td>
          {group.differs
            ? t((group.rate.rate ?? 0) > (answer.total.rate.rate ?? 0) ? 'bars.above' : 'bars.below')
            : group.small
              ? t('table.few')
              : ''}
        </td>
      </tr>
    );
  };
  return (
    <div className="scroll">
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
            <th scope="col">{t('table.rest')}</th>
          </tr>
        </thead>
        <tbody>{sorted(answer.groups, state.order, answer.stages).map(row)}</tbody>
        <tfoot>{row(answer.total)}</tfoot>
      </table>
    </div>
  );
}
