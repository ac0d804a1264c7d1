import { memo, useState } from 'react';
import type { ReactNode } from 'react';
import { goalText, periodText, statusText, targetValue } from '../../../src/core/measures/target-words.ts';
import type { TargetNames } from '../../../src/core/measures/target-words.ts';
import type { FunnelAnswer, StageAnswer } from '../../../src/core/measures/answer.ts';
import { useReading } from '../language.tsx';
import { Change } from '../parts/change.tsx';
import type { View } from '../parts/use-view.ts';
import { sharedToken } from '../shared-link.ts';
import { StageReading } from './stage-reading.tsx';
import { useSpeedOf } from './stage-speed.ts';

const HEIGHT = 200;
/** Impressions are hundreds of leads: their part of the picture is drawn by orders of magnitude. */
const DECADE = 0.16;

/** The height of each stage, of 1: leads in proportion, what ads measured by orders of magnitude above them. */
function heightsOf(stages: readonly StageAnswer[]): readonly number[] {
  const base = stages.find((stage) => stage.kind === 'reached')?.count ?? 0;
  const raw = stages.map((stage) => {
    const count = stage.count ?? 0;
    // What nobody measured, or measured as nothing, has no height.
    if (base === 0 || count === 0) return 0;
    return stage.kind === 'reached'
      ? count / base
      : 1 + DECADE * Math.max(0, Math.log10(Math.max(count, 1) / base));
  });
  const most = Math.max(1, ...raw);
  return raw.map((height) => height / most);
}

/** The whole film, from impressions to sales, as one picture; pointing at a stage reads it, opening it leads on. */
export const FunnelPicture = memo(function FunnelPicture({
  answer,
  view,
  search,
}: {
  readonly answer: FunnelAnswer;
  readonly view: View;
  readonly search: Readonly<Record<string, unknown>>;
}): ReactNode {
  const { t } = useReading();
  const [open, setOpen] = useState<string | null>(null);
  const [pointed, setPointed] = useState<string | null>(null);
  const { stages } = answer;
  const heights = heightsOf(stages);
  const handover = stages.findIndex((stage, index) => index > 0 && stage.owner !== stages[index - 1]?.owner);
  const read = stages.findIndex((stage) => stage.id === (pointed ?? open ?? stages.at(-1)?.id));
  const stageRead = stages[read];
  return (
    <figure className="funnel" style={{ '--stages': stages.length }}>
      <ol onPointerLeave={() => setPointed(null)}>
        {stages.map((stage, index) => (
          <li
            key={stage.id}
            className={`stage ${view.hue(stage.owner)} ${index === handover ? 'handover' : ''} ${index === read && pointed !== null ? 'read' : ''}`}
            onPointerEnter={(event) => {
              if (event.pointerType === 'mouse') setPointed(stage.id);
            }}
          >
            {index === handover && (
              <span className="handover-label">{t('funnel.handover', { area: view.area(stage.owner) })}</span>
            )}
            <button
              type="button"
              aria-expanded={open === stage.id}
              onFocus={() => setPointed(stage.id)}
              onBlur={() => setPointed(null)}
              onClick={() => setOpen(open === stage.id ? null : stage.id)}
            >
              <span className="owner">{view.area(stage.owner)}</span>
              <span className="name">{view.stage(stage.id)}</span>
              <span className="count">{view.format.count(stage.count)}</span>
              <Change change={stage.change?.relative ?? null} view={view} />
            </button>
            <Shape
              from={heights[index] ?? 0}
              to={heights[index] === 0 ? 0 : (heights[index + 1] ?? heights[index] ?? 0)}
              measured={stage.kind === 'measured'}
            />
            <span className="bar" style={{ '--share': heights[index] ?? 0 }} aria-hidden="true" />
            <StageFigures stage={stage} view={view} />
          </li>
        ))}
      </ol>
      {stageRead !== undefined && (
        <StageReading
          stage={stageRead}
          before={stages[read - 1]}
          view={view}
          search={search}
          isChosen={pointed !== null || open !== null}
        />
      )}
      <figcaption>
        <span className="on-screen">{t(sharedToken() === null ? 'funnel.hint' : 'funnel.hint.shared')}</span>{' '}
        {stages.some((stage) => stage.kind === 'measured') ? t('funnel.scale') : t('funnel.scale.leads')}
      </figcaption>
    </figure>
  );
});

const StageFigures = memo(function StageFigures({
  stage,
  view,
}: {
  readonly stage: StageAnswer;
  readonly view: View;
}): ReactNode {
  const { t } = useReading();
  const names: TargetNames = { translate: t, format: view.format, area: (id) => view.area(id) };
  return (
    <dl>
      <div>
        <dt>{t('funnel.step')}</dt>
        <dd>
          {stage.step === null ? '–' : <strong>{view.format.percent(stage.step.rate)}</strong>}
          {stage.step?.low != null && stage.step.high != null && stage.step.denominator < 1e5 && (
            <small>{view.format.interval(stage.step.low, stage.step.high)}</small>
          )}
          {stage.young === true && <small className="young">{t('young')}</small>}
          {stage.change?.step_points != null && Math.abs(stage.change.step_points) >= 0.0005 && (
            <small>{t('funnel.points', { points: view.format.points(stage.change.step_points) })}</small>
          )}
        </dd>
      </div>
      {stage.cost !== null && (
        <div>
          <dt>{t('funnel.cost')}</dt>
          <dd>{view.format.money(stage.cost)}</dd>
        </div>
      )}
      {stage.target !== null && (
        <div>
          <dt>{t('funnel.target', { period: periodText(stage.target, stage.target.per, names) })}</dt>
          <dd>
            {targetValue(stage.target.kind, stage.target.value, names)}
            <small>{goalText(stage.target, names)}</small>
            <small>{statusText(stage.target, names)}</small>
          </dd>
        </div>
      )}
      <StageTime stage={stage} view={view} />
    </dl>
  );
});

/** How long leads take to get there. */
function StageTime({ stage, view }: { readonly stage: StageAnswer; readonly view: View }): ReactNode {
  const { t } = useReading();
  const speed = useSpeedOf(stage);
  if (speed === undefined && stage.kind === 'reached' && stage.step !== null) {
    // The times come a moment later: nothing below moves when they do.
    return (
      <div className="awaited" aria-hidden="true">
        <span>{t('funnel.time')}</span>
        <span>–</span>
      </div>
    );
  }
  if (speed?.time == null || speed.time.p90 < 60) return null;
  return (
    <div>
      <dt>{t('funnel.time')}</dt>
      <dd>{view.format.duration(speed.time.p50)}</dd>
    </div>
  );
}

const Shape = memo(function Shape({
  from,
  to,
  measured,
}: {
  readonly from: number;
  readonly to: number;
  readonly measured: boolean;
}): ReactNode {
  const middle = HEIGHT / 2;
  const left = (from * HEIGHT) / 2;
  const right = (to * HEIGHT) / 2;
  const path = `M0 ${middle - left} C50 ${middle - left} 50 ${middle - right} 100 ${middle - right} L100 ${middle + right} C50 ${middle + right} 50 ${middle + left} 0 ${middle + left} Z`;
  return (
    <svg
      viewBox={`0 0 100 ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      className={measured ? 'measured' : ''}
    >
      <path d={path} />
    </svg>
  );
});
