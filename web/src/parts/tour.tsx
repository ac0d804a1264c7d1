import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useAnswer } from '../api.ts';
import { useReading } from '../language.tsx';
import { comparisonOf, questionOf } from '../../../src/core/measures/screen-question.ts';
import { OF_CRITERIA } from '../search.ts';
import type { Search } from '../search.ts';
import { pageSteps, storySteps } from './tour-steps.ts';
import type { TourStep } from './tour-steps.ts';
import { isTourSeen, keepTourSeen, onTourAsked } from './tour-kept.ts';
import { useView } from './use-view.ts';
import type { View } from './use-view.ts';

const STEPS = 5;

/** What the demo's agreement is called: its story is worth telling, that of other data is their owner's. */
function isDemo(name: string): boolean {
  return name.trimEnd().endsWith('(demo)');
}

/** Five steps for who sees it the first time, begun on Panorama; one press ends them for good. */
export function Tour(): ReactNode {
  const view = useView();
  const { pathname } = useLocation();
  const state = useSearch({ strict: false });
  const [step, setStep] = useState(() => (isTourSeen() ? STEPS : 0));
  /** The question with which it was begun: the story is told of one range. */
  const [begun, setBegun] = useState<Search>(state);
  useEffect(() => onTourAsked(() => setStep(0)), []);
  if (view === null || step >= STEPS || (step === 0 && pathname !== '/')) return null;
  const go = (next: number): void => {
    if (step === 0) setBegun(state);
    if (next >= STEPS) keepTourSeen();
    setStep(next);
  };
  const asked = step === 0 ? state : begun;
  return isDemo(view.status.name) ? (
    <Story step={step} begun={asked} view={view} onGo={go} />
  ) : (
    <Parts step={step} begun={asked} view={view} onGo={go} />
  );
}

interface Stand {
  readonly step: number;
  readonly begun: Search;
  readonly view: View;
  readonly onGo: (step: number) => void;
}

function Parts(stand: Stand): ReactNode {
  const { t } = useReading();
  return <Card {...stand} steps={pageSteps(stand.view, t)} />;
}

/** The demo's story, in the numbers that it answers; the parts of the page where it has none to tell. */
function Story(stand: Stand): ReactNode {
  const { t, language } = useReading();
  const { view, begun } = stand;
  const question = questionOf(begun, view.status);
  const compared = { ...question, ...comparisonOf(begun.compare === 'none' ? {} : begun) };
  const funnel = useAnswer('funnel', compared);
  const changes = useAnswer('changes', compared);
  const opportunities = useAnswer('opportunities', { ...question, mode: 'cohort', top: 5 });
  if (funnel.error || changes.error || opportunities.error) return <Parts {...stand} />;
  if (funnel.data === undefined || changes.data === undefined || opportunities.data === undefined)
    return null;
  const opportunity = opportunities.data.opportunities.find(({ sales }) => sales !== null);
  if (opportunity === undefined) return <Parts {...stand} />;
  return (
    <Card
      {...stand}
      steps={storySteps({ funnel: funnel.data, changes: changes.data, opportunity }, view, t, language)}
    />
  );
}

/** Draws a line around what is spoken of, once it is there. */
function usePlace(current: TourStep | undefined, isFirst: boolean): void {
  const place = current?.place;
  useEffect(() => {
    if (place === undefined) return undefined;
    let shown: Element | null = null;
    let isLeft = isFirst;
    const look = (): void => {
      const found = document.querySelector(place);
      if (found !== shown) {
        shown?.classList.remove('toured');
        shown = found;
        found?.classList.add('toured');
      }
      // What comes above it pushes it down, until all has come or the reader scrolls.
      if (!isLeft) found?.scrollIntoView({ block: 'start' });
    };
    const leave = (): void => {
      isLeft = true;
    };
    const moves = ['wheel', 'touchmove', 'keydown'] as const;
    for (const move of moves) window.addEventListener(move, leave, { passive: true });
    look();
    const watch = new MutationObserver(look);
    watch.observe(document.body, { childList: true, subtree: true });
    watch.observe(document.documentElement, { attributeFilter: ['data-settled'] });
    return () => {
      watch.disconnect();
      for (const move of moves) window.removeEventListener(move, leave);
      shown?.classList.remove('toured');
    };
  }, [place, isFirst]);
}

function Card({ step, begun, steps, onGo }: Stand & { readonly steps: readonly TourStep[] }): ReactNode {
  const { t } = useReading();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const current = steps[step];
  usePlace(current?.to === pathname ? current : undefined, step === 0);
  if (current === undefined) return null;
  const isLast = step === steps.length - 1;
  const next = (): void => {
    const following = steps[step + 1];
    if (following !== undefined && (following.to !== pathname || pathname !== '/'))
      void navigate({ to: following.to, search: { ...begun, ...OF_CRITERIA, ...following.search } });
    onGo(step + 1);
  };
  return (
    <aside className="tour" aria-label={t('tour.title')}>
      <p aria-live="polite">
        <small>{t('tour.step', { step: step + 1, steps: steps.length })}</small>
        <strong>{current.title}</strong> {current.text}
      </p>
      <div>
        <button type="button" onClick={next}>
          {t(isLast ? 'tour.end' : 'tour.next')}
        </button>
        {!isLast && (
          <button type="button" className="quiet" onClick={() => onGo(STEPS)}>
            {t('tour.skip')}
          </button>
        )}
      </div>
    </aside>
  );
}
