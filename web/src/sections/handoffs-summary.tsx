import type { ReactNode } from 'react';
import { handoffFinding, waitingFinding } from '../../../src/core/measures/handoff-words.ts';
import { useAnswer } from '../api.ts';
import { OutcomeBar } from '../charts/outcome-bar.tsx';
import { useReading } from '../language.tsx';
import { useAsked } from '../parts/asked.ts';
import { Failure, Skeleton, useWaiting } from '../parts/states.tsx';
import type { View } from '../parts/use-view.ts';
import { questionOf } from '../../../src/core/measures/screen-question.ts';
import { OF_CRITERIA } from '../search.ts';
import { Link } from '../parts/link.tsx';

/** Each hand-over in a sentence and a bar; nothing where the agreement promises none. */
export function HandoffsSummary({ view }: { readonly view: View }): ReactNode {
  const { t } = useReading();
  const state = useAsked();
  const promises = view.agreement.handoffs.length > 0;
  const question = { ...questionOf(state, view.status), mode: 'cohort', top: 1, oldest: 1 };
  const answer = useAnswer('handoffs', question, promises);
  const waiting = useWaiting(answer);
  if (!promises) return null;
  const names = {
    translate: t,
    format: view.format,
    stage: (id: string) => view.stage(id),
    area: (id: string) => view.area(id),
  };
  return (
    <section className={`panel handoffs ${waiting}`} aria-labelledby="handoffs-title">
      <header>
        <h2 id="handoffs-title">{t('nav.handoffs')}</h2>
        <Link className="onward" to="/handoffs" search={{ ...state, ...OF_CRITERIA }}>
          {t('panorama.open')}
        </Link>
      </header>
      {answer.error ? (
        <Failure error={answer.error} retry={() => void answer.refetch()} />
      ) : answer.data === undefined ? (
        <Skeleton lines={2} />
      ) : (
        answer.data.handoffs.map((handoff) => (
          <div key={handoff.id} className={view.hue(handoff.owner)}>
            <p className="says">
              <strong>{view.agreement.handoffs.find(({ id }) => id === handoff.id)?.label}.</strong>{' '}
              {handoffFinding(handoff, names)} {waitingFinding(handoff, answer.data, names)}
            </p>
            {handoff.entered > 0 && <OutcomeBar handoff={handoff} view={view} state={state} />}
          </div>
        ))
      )}
    </section>
  );
}
