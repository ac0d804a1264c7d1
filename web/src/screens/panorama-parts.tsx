import { memo } from 'react';
import type { ReactNode } from 'react';
import type { FunnelAnswer } from '../../../src/core/measures/answer.ts';
import { comparisonOf, firstQuestion, questionOf } from '../../../src/core/measures/screen-question.ts';
import { useAnswer } from '../api.ts';
import { ShareBars } from '../charts/share-bars.tsx';
import { TrendChart } from '../charts/trend-chart.tsx';
import { useReading } from '../language.tsx';
import { useAsked } from '../parts/asked.ts';
import { defaultPair } from '../parts/default-pair.ts';
import { Link } from '../parts/link.tsx';
import { Notes } from '../parts/notes.tsx';
import { Answered, Failure, Nothing, Skeleton } from '../parts/states.tsx';
import { useTurns } from '../parts/turns.ts';
import type { View } from '../parts/use-view.ts';
import type { Search } from '../search.ts';
import { ChangesSection } from '../sections/changes.tsx';
import { HandoffsSummary } from '../sections/handoffs-summary.tsx';
import { MaturitySection } from '../sections/maturity.tsx';
import { OpportunitiesSection } from '../sections/opportunities.tsx';
import { TargetsSection } from '../sections/targets.tsx';

interface OfView {
  readonly view: View;
}

/** What stands below the funnel, from above to below; drawn anew only where its own answer or question is another. */
const PARTS = [
  { id: 'targets', Part: memo(TargetsSection) },
  { id: 'notes', Part: memo(FunnelNotes) },
  { id: 'changes', Part: memo(ChangesSection) },
  { id: 'trend', Part: memo(TrendSection) },
  { id: 'maturity', Part: memo(MaturitySection) },
  { id: 'handoffs', Part: memo(HandoffsSummary) },
  { id: 'opportunities', Part: memo(OpportunitiesSection) },
  { id: 'breakdowns', Part: memo(BreakdownCards) },
] as const;

/** The parts of Panorama below its funnel: each comes, and asks, in its turn. */
export const PanoramaParts = memo(function PanoramaParts({ view }: OfView): ReactNode {
  const turn = useTurns(PARTS.length);
  return (
    <>
      {PARTS.slice(0, turn).map(({ id, Part }) => (
        <Part key={id} view={view} />
      ))}
      {turn < PARTS.length && <Skeleton lines={6} />}
    </>
  );
});

function FunnelNotes({ view }: OfView): ReactNode {
  return <Notes chart="funnel" view={view} />;
}

interface PageQuestion {
  readonly state: Search;
  readonly question: ReturnType<typeof questionOf>;
  readonly pair: string;
}

/** What the trend and the breakdowns ask, as one question. */
function usePageQuestion(view: View): PageQuestion {
  const state = useAsked();
  const reached = view.agreement.stages.filter((stage) => stage.kind === 'reached');
  return {
    state,
    question: { ...questionOf(state, view.status), ...comparisonOf(state) },
    pair: state.stages ?? defaultPair(reached.map((stage) => stage.id)),
  };
}

function TrendSection({ view }: OfView): ReactNode {
  const { state, question, pair } = usePageQuestion(view);
  const page = useAnswer('page', { ...question, stages: pair });
  const funnel = useAnswer('funnel', firstQuestion(state, view.status));
  if (page.error) return <Failure error={page.error} retry={() => void page.refetch()} />;
  if (page.data === undefined)
    return (
      <section className="panel trend">
        <Skeleton lines={6} />
      </section>
    );
  return (
    <Answered answer={page}>
      <TrendChart answer={page.data.trend} ripe={ripeOf(funnel.data)} view={view} />
    </Answered>
  );
}

/** By stage, the days in which nearly all that reach it do. */
function ripeOf(funnel: FunnelAnswer | undefined): ReadonlyMap<string, number> {
  return new Map(
    (funnel?.stages ?? []).flatMap(({ id, ripe_days: days }) => (days === null ? [] : [[id, days] as const])),
  );
}

function BreakdownCards({ view }: OfView): ReactNode {
  const { t } = useReading();
  const { state, question, pair } = usePageQuestion(view);
  const page = useAnswer('page', { ...question, stages: pair });
  // Where it failed, the trend says so.
  if (page.data === undefined) return null;
  const { breakdowns } = page.data;
  const [from = '', to = ''] = breakdowns[0]?.stages ?? pair.split(',');
  return (
    <Answered answer={page}>
      <h2 className="of-cards">{t('panorama.breakdowns', { from: view.stage(from), to: view.stage(to) })}</h2>
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
    </Answered>
  );
}

function labelOf(dimension: string, view: View): string {
  return view.agreement.dimensions.find((each) => each.id === dimension)?.label ?? dimension;
}
