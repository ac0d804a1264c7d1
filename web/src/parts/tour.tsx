import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useReading } from '../language.tsx';

const KEY = 'tregua.tour';

/** What the first visit is shown, in the order of the page: where each step looks. */
const STEPS = [
  { id: 'film', place: '.funnel' },
  { id: 'handover', place: '.stage.handover' },
  { id: 'changes', place: '.changes' },
  { id: 'opportunities', place: '.opportunities' },
  { id: 'receipts', place: '.detail' },
] as const;

/** Asks for the tour from the start, wherever one is. */
export function forgetTour(): void {
  localStorage.removeItem(KEY);
  window.dispatchEvent(new Event(KEY));
}

/** Five steps through Panorama for who sees it the first time; one press ends them for good. */
export function Tour({
  names,
}: {
  readonly names: { readonly first: string; readonly second: string };
}): ReactNode {
  const { t } = useReading();
  const [step, setStep] = useState(() => (localStorage.getItem(KEY) === null ? 0 : STEPS.length));
  const current = STEPS[step];
  useEffect(() => {
    const begin = (): void => setStep(0);
    window.addEventListener(KEY, begin);
    return () => window.removeEventListener(KEY, begin);
  }, []);
  useEffect(() => {
    if (current === undefined) return undefined;
    const place = document.querySelector(current.place);
    place?.classList.add('toured');
    if (step > 0) place?.scrollIntoView({ block: 'center' });
    return () => place?.classList.remove('toured');
  }, [current, step]);
  const end = (): void => {
    localStorage.setItem(KEY, 'seen');
    setStep(STEPS.length);
  };
  if (current === undefined) return null;
  const isLast = step === STEPS.length - 1;
  return (
    <aside className="tour" aria-label={t('tour.title')}>
      <p aria-live="polite">
        <small>{t('tour.step', { step: step + 1, steps: STEPS.length })}</small>
        <strong>{t(`tour.${current.id}.title`, names)}</strong> {t(`tour.${current.id}`, names)}
      </p>
      <div>
        <button type="button" onClick={() => (isLast ? end() : setStep(step + 1))}>
          {t(isLast ? 'tour.end' : 'tour.next')}
        </button>
        {!isLast && (
          <button type="button" className="quiet" onClick={end}>
            {t('tour.skip')}
          </button>
        )}
      </div>
    </aside>
  );
}
