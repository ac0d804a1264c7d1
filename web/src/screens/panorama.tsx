import { useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { FunnelAnswer } from '../../../src/core/measures/answer.ts';
import { useAnswer } from '../api.ts';
import { FunnelPicture } from '../charts/funnel-picture.tsx';
import { ShareBars } from '../charts/share-bars.tsx';
import { TrendChart } from '../charts/trend-chart.tsx';
import { useReading } from '../language.tsx';
import { ComparedNote } from '../parts/compared-note.tsx';
import { PrintedHeading } from '../parts/printed-heading.tsx';
import { Change } from '../parts/change.tsx';
import { Notes } from '../parts/notes.tsx';
import { Failure, Nothing, Skeleton } from '../parts/states.tsx';
import { useView } from '../parts/use-view.ts';
import type { View } from '../parts/use-view.ts';
import { comparisonOf, questionOf } from '../search.ts';
import { ChangesSection } from '../sections/changes.tsx';
import { HandoffsSummary } from '../sections/handoffs-summary.tsx';
import { OpportunitiesSection } from '../sections/opportunities.tsx';
import { TargetsSection } from '../sections/targets.tsx';
import { MaturitySection } from '../sections/maturity.tsx';
import { Link } from '../parts/link.tsx';

/** The whole film on one page. */
export function PanoramaScreen(): ReactNode {
  const { t } = useReading();
  const state = useSearch({ strict: false });
  const view = useView();
  const question = view === null ? {} : { ...questionOf(state, view.status), ...comparisonOf(state) };
  const reached = view?.agreement.stages.filter((stage) => stage.kind === 'reached') ?? [];
  const pair = state.stages ?? defaultPair(reached.map((stage) => stage.id));
  const page = useAnswer('page', { ...question, stages: pair }, view !== null);
  const speed = useAnswer('funnel', question, page.data !== undefined);
  if (page.error) {
    return (
      <>
        <h1 className="unseen">{t('nav.panorama')}</h1>
        <Failure error={page.error} retry={() => void page.refetch()} />
      </>
    );
  }
  if (view === null || page.data === undefined) return <Skeleton lines={12} />;
  const { funnel, trend, breakdowns } = page.data;
  const [from = '', to = ''] = breakdowns[0]?.stages ?? pair.split(',');
  return (
    <div className={page.isPlaceholderData ? 'waiting' : ''}>
      <PrintedHeading view={view} state={state} compared={funnel.compared} />
      <h1 className="finding">{finding(funnel, view, t)}</h1>
      <FunnelPicture answer={funnel} speed={speed.data} view={view} search={state} />
      <p className="legend">
        <ComparedNote compared={funnel.compared} mode={funnel.mode} /> {youngText(speed.data, view, t)}
      </p>
      <Money answer={funnel} view={view} />
      <TargetsSection view={view} />
      <Notes chart="funnel" view={view} />
      <ChangesSection view={view} />
      <TrendChart answer={trend} ripe={ripeOf(speed.data)} view={view} />
      <MaturitySection view={view} />
      <HandoffsSummary view={view} />
      <OpportunitiesSection view={view} />
      <h2 className="of-cards">
        {t('panorama.breakdowns', {
          from: view.stage(from),
          to: view.stage(to),
        })}
      </h2>
      <div className="cards">
        {breakdowns.map((answer) => (
          <section key={answer.dimension} className="panel" aria-label={labelOf(answer.dimension, view)}>
            <header>
              <h3>{labelOf(answer.dimension, view)}</h3>
              <Link
                className="onward"
                to="/breakdowns"
                search={{ ...state, dimension: answer.dimension, stages: pair }}
              >
                {t('panorama.open')}
              </Link>
            </header>
            {answer.groups.length === 0 ? (
              <Nothing>{t('state.nothing')}</Nothing>
            ) : (
              <ShareBars answer={answer} view={view} search={state} most={6} />
            )}
          </section>
        ))}
      </div>
    </div>
  );
}

/** By stage, the days in which nearly all that reach it do. */
function ripeOf(funnel: FunnelAnswer | undefined): ReadonlyMap<string, number> {
  return new Map(
    (funnel?.stages ?? []).flatMap(({ id, ripe_days: days }) => (days === null ? [] : [[id, days] as const])),
  );
}

/** Which stages the leads of the range are too young for, and how long they take. */
function youngText(
  funnel: FunnelAnswer | undefined,
  view: View,
  t: ReturnType<typeof useReading>['t'],
): string {
  const young = (funnel?.stages ?? []).filter((stage) => stage.young === true);
  if (young.length === 0) return '';
  const days = young.map(({ ripe_days: ripe }) => ripe ?? 0);
  return t('young.stages', {
    stages: young.map(({ id }) => view.stage(id)).join(', '),
    days: Math.max(...days),
    count: young.length,
  });
}

/** Profiled against qualified where there is such a pair: the first stage after the creation, and the next. */
export function defaultPair(reached: readonly string[]): string {
  const [first = '', second = first, third = second] = reached;
  return reached.length > 2 ? `${second},${third}` : `${first},${second}`;
}

export function labelOf(dimension: string, view: View): string {
  return view.agreement.dimensions.find((each) => each.id === dimension)?.label ?? dimension;
}

/** The finding first, in a sentence of the numbers. */
function finding(answer: FunnelAnswer, view: View, t: ReturnType<typeof useReading>['t']): string {
  const last = answer.stages.at(-1);
  if (!last || last.count === null) return answer.agreement.name;
  const moved = answer.stages
    .filter((stage) => stage.kind === 'reached' && stage.change?.step_points != null)
    .toSorted(
      (left, right) => Math.abs(right.change?.step_points ?? 0) - Math.abs(left.change?.step_points ?? 0),
    )[0];
  const difference = last.change === null ? null : last.count - last.change.count;
  const first =
    difference === null
      ? t('finding.count', { stage: view.stage(last.id), count: view.format.count(last.count) })
      : t(difference === 0 ? 'finding.same' : difference > 0 ? 'finding.more' : 'finding.less', {
          stage: view.stage(last.id),
          count: view.format.count(last.count),
          difference: view.format.count(Math.abs(difference)),
        });
  const points = moved?.change?.step_points ?? 0;
  if (!moved?.step || Math.abs(points) < 0.005) return first;
  return `${first} ${t(points > 0 ? 'finding.step_up' : 'finding.step_down', {
    stage: view.stage(moved.id),
    of: view.stage(moved.step.of ?? ''),
    area: view.area(moved.owner),
    rate: view.format.percent(moved.step.rate),
    points: view.format.points(Math.abs(points)).replace('+', ''),
  })}`;
}

function Money({ answer, view }: { readonly answer: FunnelAnswer; readonly view: View }): ReactNode {
  const { t } = useReading();
  const { spend, value } = answer;
  if (spend === null && value === null) return null;
  const relative = (now: number | null, before: number | null): number | null =>
    now === null || before === null || before === 0 ? null : (now - before) / before;
  const back = spend !== null && value !== null && spend > 0 ? value / spend : null;
  const backBefore =
    answer.previous_spend !== null && answer.previous_value !== null && answer.previous_spend > 0
      ? answer.previous_value / answer.previous_spend
      : null;
  return (
    <dl className="money">
      {spend !== null && (
        <div>
          <dt>{t('money.spend')}</dt>
          <dd>
            {view.format.money(spend)} <Change change={relative(spend, answer.previous_spend)} view={view} />
          </dd>
        </div>
      )}
      {value !== null && (
        <div>
          <dt>{t('money.value')}</dt>
          <dd>
            {view.format.money(value)} <Change change={relative(value, answer.previous_value)} view={view} />
          </dd>
        </div>
      )}
      {back !== null && (
        <div>
          <dt>{t('money.back')}</dt>
          <dd>
            {view.format.money(back)} <Change change={relative(back, backBefore)} view={view} />
          </dd>
        </div>
      )}
    </dl>
  );
}
