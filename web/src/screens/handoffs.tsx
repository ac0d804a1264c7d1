import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useAnswer } from '../api.ts';
import { useReading } from '../language.tsx';
import { CALENDAR_PARTS, dimensionLabel } from '../parts/dimension-label.ts';
import { Answered, Failure, Nothing, Skeleton } from '../parts/states.tsx';
import { useView } from '../parts/use-view.ts';
import type { View } from '../parts/use-view.ts';
import { questionOf } from '../../../src/core/measures/screen-question.ts';
import { HandoffSection } from '../sections/handoff.tsx';

const SELLER = 'seller';

/** Whether what one area hands over is taken up in time by the other, and who waits now. */
export function HandoffsScreen(): ReactNode {
  const { t } = useReading();
  const state = useSearch({ strict: false });
  const navigate = useNavigate();
  const view = useView();
  const by = state.by ?? SELLER;
  const question = view === null ? {} : { ...questionOf(state, view.status), mode: 'cohort', by };
  const answer = useAnswer('handoffs', question, view !== null);
  if (view === null) return <Skeleton lines={10} />;
  const choose = (
    <label className="by">
      <span className="unseen">{t('breakdowns.by')}</span>
      <select
        value={by}
        onChange={(event) => {
          const next = event.target.value === SELLER ? undefined : event.target.value;
          void navigate({ to: '.', search: (before) => ({ ...before, by: next }) });
        }}
      >
        {groupings(view).map((id) => (
          <option key={id} value={id}>
            {id === SELLER ? t('handoffs.seller') : dimensionLabel(id, view, t)}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <>
      <h1>{t('nav.handoffs')}</h1>
      {answer.error ? (
        <Failure error={answer.error} retry={() => void answer.refetch()} />
      ) : answer.data === undefined ? (
        <Skeleton lines={10} />
      ) : answer.data.handoffs.length === 0 ? (
        <Nothing>{t('handoffs.none')}</Nothing>
      ) : (
        <Answered answer={answer}>
          {answer.data.handoffs.map((handoff) => (
            <HandoffSection
              key={handoff.id}
              answer={answer.data}
              handoff={handoff}
              view={view}
              state={state}
              choice={choose}
            />
          ))}
        </Answered>
      )}
    </>
  );
}

/** The seller first, then the dimensions of the agreement, then the calendar. */
function groupings(view: View): readonly string[] {
  const declared = view.agreement.dimensions.map(({ id }) => id).filter((id) => id !== SELLER);
  return [SELLER, ...declared, ...CALENDAR_PARTS.filter((part) => !declared.includes(part))];
}
