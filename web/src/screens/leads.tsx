import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { ReactNode } from 'react';
import type { LeadsAnswer } from '../../../src/core/measures/answer.ts';
import { addressOf, ask, useAnswer } from '../api.ts';
import type { Parameters } from '../api.ts';
import { useReading } from '../language.tsx';
import { OfCriteria } from '../parts/of-criteria.tsx';
import { Failure, Nothing, Skeleton } from '../parts/states.tsx';
import { useView } from '../parts/use-view.ts';
import type { View } from '../parts/use-view.ts';
import { OF_CRITERIA, questionOf, search as searchSchema } from '../search.ts';
import type { Search } from '../search.ts';

const WINDOW = 100;
const ROW_PIXELS = 40;
/** Browsers draw no box taller than some 30 million pixels: beyond, narrow the question. */
/** As many as one answer of the server holds. */
const MOST_ROWS_OF_CSV = 100_000;
const MOST_ROWS = 500_000;
const STATUSES = ['open', 'lost', 'won', 'skipped', 'late'] as const;

type LeadRow = LeadsAnswer['leads'][number];

/** The leads behind a number, as many as it says, asked for in windows as they scroll by. */
export function LeadsScreen(): ReactNode {
  const { t, language } = useReading();
  const state = useSearch({ strict: false });
  const navigate = useNavigate();
  const view = useView();
  const question: Parameters =
    view === null
      ? {}
      : {
          ...questionOf(state, view.status),
          stage: state.stage,
          status: state.status,
          unreached: state.unreached,
          criterion: state.criterion,
          result: state.criterion === undefined ? undefined : state.result,
          missing: state.missing,
          alone: state.missing === undefined ? undefined : state.alone,
          sold: state.sold,
          ...(state.handoff === undefined
            ? {}
            : { handoff: state.handoff, answer: state.answer, by: state.by, group: state.group }),
          search: state.search,
          sort: state.sort ?? '-created_at',
          limit: WINDOW,
        };
  const first = useAnswer('leads', { ...question, offset: 0 }, view !== null);
  const set = (change: Partial<Search>, replace = false): void => {
    void navigate({ to: '.', replace, search: (before) => ({ ...before, ...change }) });
  };
  if (view === null) return <Skeleton lines={10} />;
  const reached = view.agreement.stages.filter((stage) => stage.kind === 'reached');
  const needsStage = state.stage === undefined;
  return (
    <>
      <h1>
        {first.data
          ? t('leads.title', { count: view.format.count(first.data.total), n: first.data.total })
          : t('nav.leads')}
      </h1>
      <div className="choices">
        <label>
          <span>{t('leads.stage')}</span>
          <select
            value={state.stage ?? ''}
            onChange={(event) =>
              set({
                stage: event.target.value || undefined,
                ...(event.target.value === '' && (state.status === 'skipped' || state.status === 'late')
                  ? { status: undefined }
                  : {}),
              })
            }
          >
            <option value="">{t('leads.any_stage')}</option>
            {reached.map((stage) => (
              <option key={stage.id} value={stage.id}>
                {stage.label}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{t('leads.status')}</span>
          <select
            value={state.status ?? ''}
            onChange={(event) =>
              set({ status: searchSchema.shape.status.parse(event.target.value || undefined) })
            }
          >
            <option value="">{t('leads.any_status')}</option>
            {STATUSES.filter((status) => !needsStage || (status !== 'skipped' && status !== 'late')).map(
              (status) => (
                <option key={status} value={status}>
                  {t(`leads.status.${status}`)}
                </option>
              ),
            )}
          </select>
        </label>
        <label>
          <span>{t('leads.search')}</span>
          <input
            type="search"
            defaultValue={state.search ?? ''}
            onChange={(event) => set({ search: event.target.value || undefined }, true)}
          />
        </label>
        <a
          className="button"
          href={addressOf('leads', { ...question, format: 'csv', lang: language })}
          download
        >
          {t('leads.csv', { more: (first.data?.total ?? 0) > MOST_ROWS_OF_CSV ? 'yes' : 'no' })}
        </a>
      </div>
      <OfCriteria state={state} view={view} clear={() => set(OF_CRITERIA)} />
      {first.error ? (
        <Failure error={first.error} retry={() => void first.refetch()} />
      ) : first.data === undefined ? (
        <Skeleton lines={10} />
      ) : first.data.total === 0 ? (
        <Nothing>{t('leads.none')}</Nothing>
      ) : (
        <LeadTable
          key={JSON.stringify(question)}
          total={first.data.total}
          question={question}
          view={view}
          state={state}
          sort={(sort) => set({ sort })}
        />
      )}
    </>
  );
}

interface ColumnOf {
  readonly id: string;
  readonly label: string;
  readonly show: (lead: LeadRow) => string;
  readonly isNumber?: boolean;
}

function columnsOf(view: View, t: ReturnType<typeof useReading>['t']): readonly ColumnOf[] {
  const hasMoney = view.agreement.stages.some((stage) => stage.value);
  const fields = view.agreement.fields.filter((field) => field.pii === null).slice(0, 6);
  return [
    { id: 'created_at', label: t('csv.created_at'), show: (lead) => view.format.instant(lead.created_at) },
    { id: 'status', label: t('csv.status'), show: (lead) => t(`status.${lead.status}`) },
    {
      id: 'at_stage',
      label: t('csv.at_stage'),
      show: (lead) => (lead.at_stage === null ? '–' : view.stage(lead.at_stage)),
    },
    ...(hasMoney
      ? [
          {
            id: 'value',
            label: t('csv.value'),
            show: (lead: LeadRow) => view.format.money(lead.value),
            isNumber: true,
          },
        ]
      : []),
    ...fields.map((field) => ({
      id: field.name,
      label: field.label,
      show: (lead: LeadRow) => String(lead.attributes[field.name] ?? t('group.missing')),
    })),
  ];
}

function LeadTable({
  total,
  question,
  view,
  state,
  sort,
}: {
  readonly total: number;
  readonly question: Parameters;
  readonly view: View;
  readonly state: Search;
  readonly sort: (column: string) => void;
}): ReactNode {
  const { t } = useReading();
  const box = useRef<HTMLDivElement>(null);
  const columns = columnsOf(view, t);
  const rows = useVirtualizer({
    count: Math.min(total, MOST_ROWS),
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PIXELS,
    overscan: 12,
  });
  const items = rows.getVirtualItems();
  const windows = [...new Set(items.map((item) => Math.floor(item.index / WINDOW)))];
  const answers = useQueries({
    queries: windows.map((window) => ({
      queryKey: ['leads', question, window],
      queryFn: () => ask('leads', { ...question, offset: window * WINDOW }),
      placeholderData: keepPreviousData,
    })),
  });
  const leadAt = (index: number): LeadRow | undefined => {
    const at = windows.indexOf(Math.floor(index / WINDOW));
    const answer = answers[at];
    return answer?.isPlaceholderData === false ? answer.data?.leads[index % WINDOW] : undefined;
  };
  const current = (state.sort ?? '-created_at').replace(/^-/, '');
  const descending = (state.sort ?? '-created_at').startsWith('-');
  return (
    <>
      {total > MOST_ROWS && (
        <p className="legend">{t('leads.too_many', { most: view.format.count(MOST_ROWS) })}</p>
      )}
      <section className="leads" ref={box} tabIndex={0} aria-label={t('nav.leads')}>
        <table aria-rowcount={total + 1} style={{ '--columns': columns.length + 1 }}>
          <thead>
            <tr>
              {[{ id: 'id', label: t('csv.id') }, ...columns].map((column) => (
                <th
                  key={column.id}
                  scope="col"
                  aria-sort={current === column.id ? (descending ? 'descending' : 'ascending') : 'none'}
                >
                  {column.id === 'at_stage' ? (
                    column.label
                  ) : (
                    <button
                      type="button"
                      onClick={() => sort(current === column.id && descending ? column.id : `-${column.id}`)}
                    >
                      {column.label}
                      <span aria-hidden="true">
                        {current === column.id ? (descending ? ' ↓' : ' ↑') : ''}
                      </span>
                    </button>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody style={{ height: rows.getTotalSize() }}>
            {items.map((item) => {
              const lead = leadAt(item.index);
              return (
                <tr
                  key={item.key}
                  aria-rowindex={item.index + 2}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <th scope="row">
                    {lead ? (
                      <Link to="/leads/$id" params={{ id: lead.id }} search={state}>
                        {lead.id}
                      </Link>
                    ) : (
                      '…'
                    )}
                  </th>
                  {columns.map((column) => (
                    <td key={column.id} className={column.isNumber === true ? 'number' : ''}>
                      {lead ? column.show(lead) : ''}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </>
  );
}
