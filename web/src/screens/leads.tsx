import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { addressOf, useAnswer } from '../api.ts';
import type { Parameters } from '../../../src/core/measures/screen-question.ts';
import { useReading } from '../language.tsx';
import { allColumns, ColumnChoice, chosenColumns } from '../parts/lead-columns.tsx';
import { LEADS_WINDOW, LeadTable } from '../parts/lead-table.tsx';
import { SavedViews } from '../parts/saved-views.tsx';
import { OfCriteria } from '../parts/of-criteria.tsx';
import { Failure, Nothing, Skeleton } from '../parts/states.tsx';
import { useView } from '../parts/use-view.ts';
import { questionOf } from '../../../src/core/measures/screen-question.ts';
import { OF_CRITERIA, readStatus } from '../search.ts';
import type { Search } from '../search.ts';

/** As many as one answer of the server holds. */
const MOST_ROWS_OF_CSV = 100_000;
const STATUSES = ['open', 'lost', 'won', 'skipped', 'late'] as const;

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
          limit: LEADS_WINDOW,
        };
  const first = useAnswer('leads', { ...question, offset: 0 }, view !== null);
  const set = (change: Partial<Search>, replace = false): void => {
    void navigate({ to: '.', replace, search: (before) => ({ ...before, ...change }) });
  };
  if (view === null) return <Skeleton lines={10} />;
  const reached = view.agreement.stages.filter((stage) => stage.kind === 'reached');
  const needsStage = state.stage === undefined;
  const all = allColumns(view, t);
  const columns = chosenColumns(all, state.columns);
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
            onChange={(event) => set({ status: readStatus(event.target.value) })}
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
        <ColumnChoice all={all} chosen={columns} choose={(chosen) => set({ columns: chosen })} />
        <SavedViews screen="leads" />
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
          sample={first.data.leads}
          question={question}
          columns={columns}
          state={state}
          sort={(sort) => set({ sort })}
        />
      )}
    </>
  );
}
