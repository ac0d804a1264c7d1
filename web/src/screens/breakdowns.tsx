import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { addressOf, useAnswer } from '../api.ts';
import { BreakdownPicture } from '../charts/breakdown-picture.tsx';
import { useReading } from '../language.tsx';
import { CALENDAR_PARTS, dimensionLabel, isOfDates } from '../parts/dimension-label.ts';
import { Downloads } from '../parts/downloads.tsx';
import { Notes } from '../parts/notes.tsx';
import { Answered, Failure, Nothing, Skeleton } from '../parts/states.tsx';
import { useView } from '../parts/use-view.ts';
import type { View } from '../parts/use-view.ts';
import { comparisonOf, questionOf } from '../../../src/core/measures/screen-question.ts';
import { sharedToken } from '../shared-link.ts';
import type { Search } from '../search.ts';
import { defaultPair } from '../parts/default-pair.ts';

/** Days, weeks or months are all shown, as far as anybody reads on. */
const MOST_DATES = 200;

/** Any two stages by any dimension, or two: chart, table, files. */
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
  const second = state.second === dimension ? undefined : state.second;
  const question =
    view === null
      ? {}
      : {
          ...questionOf(state, view.status),
          ...(isOfDates(dimension, view) ? {} : comparisonOf(state)),
          stages: pair,
          second,
          top: isOfDates(dimension, view) ? MOST_DATES : 30,
        };
  const answer = useAnswer(`breakdown/${dimension}`, question, view !== null);
  const set = (change: Partial<Search>): void => {
    void navigate({ to: '.', search: (before) => ({ ...before, ...change }) });
  };
  if (view === null) return <Skeleton lines={8} />;
  const title = t(second === undefined ? 'breakdowns.title' : 'breakdowns.title_crossed', {
    from: view.stage(from),
    to: view.stage(to),
    dimension: dimensionLabel(dimension, view, t).toLocaleLowerCase(language),
    second: second === undefined ? '' : dimensionLabel(second, view, t).toLocaleLowerCase(language),
  });
  const sheet = (format: 'csv' | 'xlsx'): string =>
    addressOf(`breakdown/${dimension}`, { ...question, top: 1000, format, lang: language });
  return (
    <>
      <h1>{title}</h1>
      {sharedToken() === null && (
        <div className="choices">
          <StageChoices view={view} from={from} to={to} choose={(stages_) => set({ stages: stages_ })} />
          <label>
            <span>{t('breakdowns.by')}</span>
            <select value={dimension} onChange={(event) => set({ dimension: event.target.value })}>
              <DimensionOptions view={view} />
            </select>
          </label>
          <label>
            <span>{t('breakdowns.and_by')}</span>
            <select
              value={second ?? ''}
              onChange={(event) =>
                set({ second: event.target.value === '' ? undefined : event.target.value })
              }
            >
              <option value="">{t('breakdowns.nothing_more')}</option>
              <DimensionOptions view={view} but={dimension} />
            </select>
          </label>
          <Downloads csv={sheet('csv')} xlsx={sheet('xlsx')} answer={answer.data} view={view} title={title} />
        </div>
      )}
      {answer.error ? (
        <Failure error={answer.error} retry={() => void answer.refetch()} />
      ) : answer.data === undefined ? (
        <Skeleton lines={8} />
      ) : answer.data.groups.length === 0 ? (
        <Nothing>{t('state.nothing')}</Nothing>
      ) : (
        <Answered answer={answer}>
          <BreakdownPicture answer={answer.data} view={view} state={state} sort={(order) => set({ order })} />
          <Notes chart={`breakdown:${dimension}`} view={view} />
        </Answered>
      )}
    </>
  );
}

function StageChoices({
  view,
  from,
  to,
  choose,
}: {
  readonly view: View;
  readonly from: string;
  readonly to: string;
  readonly choose: (stages: string) => void;
}): ReactNode {
  const { t } = useReading();
  const { stages } = view.agreement;
  const place = (id: string): number => stages.findIndex((stage) => stage.id === id);
  return (
    <>
      <label>
        <span>{t('breakdowns.from')}</span>
        <select
          value={from}
          onChange={(event) => {
            const next = event.target.value;
            const after = place(to) > place(next) ? to : (stages[place(next) + 1]?.id ?? to);
            choose(`${next},${after}`);
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
        <select value={to} onChange={(event) => choose(`${from},${event.target.value}`)}>
          {stages.slice(place(from) + 1).map((stage) => (
            <option key={stage.id} value={stage.id}>
              {stage.label}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

function DimensionOptions({ view, but }: { readonly view: View; readonly but?: string }): ReactNode {
  const { t } = useReading();
  const declared = view.agreement.dimensions.map((each) => each.id);
  return [...declared, ...CALENDAR_PARTS.filter((part) => !declared.includes(part))]
    .filter((id) => id !== but)
    .map((id) => (
      <option key={id} value={id}>
        {dimensionLabel(id, view, t)}
      </option>
    ));
}
