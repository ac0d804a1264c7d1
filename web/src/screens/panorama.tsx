import { useSearch } from '@tanstack/react-router';
import { lazy, startTransition, Suspense, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import type { FunnelAnswer } from '../../../src/core/measures/answer.ts';
import { splitCounts } from '../../../src/core/measures/change-split.ts';
import { mostSentence } from '../../../src/core/measures/changes-words.ts';
import { targetValue } from '../../../src/core/measures/target-words.ts';
import { comparisonOf, firstQuestion, questionOf } from '../../../src/core/measures/screen-question.ts';
import { useAnswer } from '../api.ts';
import { FunnelPicture } from '../charts/funnel-picture.tsx';
import { SpeedContext } from '../charts/stage-speed.ts';
import { useReading } from '../language.tsx';
import { AskedContext } from '../parts/asked.ts';
import { Change } from '../parts/change.tsx';
import { changeNames } from '../parts/change-names.ts';
import { ComparedNote } from '../parts/compared-note.tsx';
import { PrintedHeading } from '../parts/printed-heading.tsx';
import { importing } from '../parts/script-missing.tsx';
import { useHold } from '../parts/settled.ts';
import { Answered, EmptyRange, Failure, Skeleton } from '../parts/states.tsx';
import { useView } from '../parts/use-view.ts';
import type { View } from '../parts/use-view.ts';
import type { Search } from '../search.ts';

const PanoramaParts = lazy(
  importing(async () => ({ default: (await import('./panorama-parts.tsx')).PanoramaParts })),
);

/**
 * The whole film on one page. The funnel is asked, and shown, before anything else; what stands below it follows
 * once its numbers are there.
 */
export function PanoramaScreen(): ReactNode {
  const { t } = useReading();
  const state = useSearch({ strict: false });
  const view = useView();
  const first = useAnswer('funnel', view === null ? {} : firstQuestion(state, view.status), view !== null);
  const hasCome = first.data !== undefined && !first.isPlaceholderData;
  const whole = view === null ? {} : { ...questionOf(state, view.status), ...comparisonOf(state) };
  const timed = useAnswer('funnel', whole, hasCome);
  const speed = timed.isPlaceholderData ? undefined : timed.data;
  const [shown, setShown] = useState<Search | null>(null);
  useEffect(() => {
    if (hasCome) startTransition(() => setShown(state));
  }, [hasCome, state]);
  if (first.error) {
    return (
      <>
        <h1 className="unseen">{t('nav.panorama')}</h1>
        <Failure error={first.error} retry={() => void first.refetch()} />
      </>
    );
  }
  if (view === null || first.data === undefined) return <Skeleton lines={12} />;
  const funnel = first.data;
  // Without one lead and one ad all that follows would be empty.
  if (funnel.stages.every(({ count }) => (count ?? 0) === 0)) return <EmptyRange view={view} state={state} />;
  return (
    <>
      <Answered answer={first}>
        <PrintedHeading view={view} state={state} compared={funnel.compared} />
        <h1 className="finding">{finding(funnel, view, t)}</h1>
        <SpeedContext value={speed}>
          <FunnelPicture
            answer={funnel}
            view={view}
            search={first.isPlaceholderData ? (shown ?? state) : state}
          />
        </SpeedContext>
        <p className="legend">
          <ComparedNote compared={funnel.compared} mode={funnel.mode} /> {youngText(funnel, view, t)}
        </p>
        <Money answer={funnel} view={view} />
      </Answered>
      <Suspense fallback={<Awaited />}>
        {shown === null ? (
          <Awaited />
        ) : (
          <AskedContext value={shown}>
            <PanoramaParts view={view} />
          </AskedContext>
        )}
      </Suspense>
    </>
  );
}

/** Where the parts of the page will stand. */
function Awaited(): ReactNode {
  useHold(true);
  return <Skeleton lines={6} />;
}

/** Which stages the leads of the range are too young for, and how long they take. */
function youngText(funnel: FunnelAnswer, view: View, t: ReturnType<typeof useReading>['t']): string {
  const young = funnel.stages.filter((stage) => stage.young === true);
  if (young.length === 0) return '';
  const days = young.map(({ ripe_days: ripe }) => ripe ?? 0);
  return t('young.stages', {
    stages: young.map(({ id }) => view.stage(id)).join(', '),
    days: Math.max(...days),
    count: young.length,
  });
}

/** The finding first, in a sentence of the numbers; what weighs most in it is what the waterfall below says. */
function finding(answer: FunnelAnswer, view: View, t: ReturnType<typeof useReading>['t']): string {
  const last = answer.stages.at(-1);
  if (!last || last.count === null) return answer.agreement.name;
  const difference = last.change === null ? null : last.count - last.change.count;
  const first =
    difference === null
      ? t('finding.count', { stage: view.stage(last.id), count: view.format.count(last.count) })
      : t(difference === 0 ? 'finding.same' : difference > 0 ? 'finding.more' : 'finding.less', {
          stage: view.stage(last.id),
          count: view.format.count(last.count),
          difference: view.format.count(Math.abs(difference)),
        });
  const split = splitCounts(
    answer.stages.flatMap(({ id, kind, owner, count, change }) =>
      kind === 'reached' && change !== null ? [{ id, owner, before: change.count, after: count ?? 0 }] : [],
    ),
  );
  return [first, mostSentence(split, false, changeNames(view, t)) ?? ''].join(' ').trim();
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
            {targetValue('return', back, view)} <Change change={relative(back, backBefore)} view={view} />
          </dd>
        </div>
      )}
    </dl>
  );
}
