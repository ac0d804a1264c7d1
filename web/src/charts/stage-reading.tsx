import type { ReactNode } from 'react';
import type { StageAnswer } from '../../../src/core/measures/answer.ts';
import { stageTargetText } from '../../../src/core/measures/target-words.ts';
import { useReading } from '../language.tsx';
import type { View } from '../parts/use-view.ts';
import { Link } from '../parts/link.tsx';
import { useSpeedOf } from './stage-speed.ts';

/** A stage in sentences, and what stands behind it: its leads by how they stand, and its step by dimension. */
export function StageReading({
  stage,
  before,
  view,
  search,
  isChosen,
}: {
  readonly stage: StageAnswer;
  readonly before: StageAnswer | undefined;
  readonly view: View;
  readonly search: Readonly<Record<string, unknown>>;
  /** Somebody points at the stage or opened it: its reading stays in sight. */
  readonly isChosen: boolean;
}): ReactNode {
  const { t } = useReading();
  const speed = useSpeedOf(stage);
  const name = view.stage(stage.id);
  const parts = [
    ['all', undefined, stage.count ?? 0],
    ['open', 'open', stage.open],
    ['lost', 'lost', stage.lost],
    ['skipped', 'skipped', stage.skipped],
    ['late', 'late', stage.late],
  ] as const;
  return (
    <section className={`detail ${view.hue(stage.owner)}${isChosen ? ' chosen' : ''}`} aria-label={name}>
      <p>
        <strong>{name}.</strong> <span>{sentencesOf(stage, speed, view, t).join(' ')}</span>
      </p>
      <ul>
        {stage.kind === 'reached' &&
          parts
            .filter(([part, , count]) => part === 'all' || count > 0)
            .map(([part, status, count]) => (
              <li key={part}>
                <Link to="/leads" search={{ ...search, stage: stage.id, status }}>
                  {t(`funnel.${part}`, { count: view.format.count(count), n: count })}
                </Link>
              </li>
            ))}
        {before !== undefined && (
          <li>
            <Link
              className="onward"
              to="/breakdowns"
              search={{ ...search, stages: `${before.id},${stage.id}` }}
            >
              {t('funnel.break_down')}
            </Link>
          </li>
        )}
      </ul>
    </section>
  );
}

function sentencesOf(
  stage: StageAnswer,
  speed: StageAnswer | undefined,
  { format, ...view }: View,
  t: ReturnType<typeof useReading>['t'],
): readonly string[] {
  const { step, change } = stage;
  const sentences: string[] = [];
  if (step !== null && step.rate !== null) {
    sentences.push(
      t('funnel.reads.step', {
        of: view.stage(step.of ?? ''),
        rate: format.percent(step.rate),
        numerator: format.count(step.numerator),
        denominator: format.count(step.denominator),
        interval: step.low === null ? 'no' : format.interval(step.low, step.high),
      }),
    );
  }
  if (change?.step_rate != null && change.step_points != null) {
    sentences.push(
      t('funnel.reads.before', {
        rate: format.percent(change.step_rate),
        points: format.points(change.step_points),
      }),
    );
  } else if (change != null) {
    sentences.push(t('funnel.reads.count_before', { count: format.count(change.count) }));
  }
  if (stage.target !== null) {
    const { id } = stage.target;
    sentences.push(
      t('funnel.reads.target', {
        label: view.agreement.targets.find((each) => each.id === id)?.label ?? id,
        text: stageTargetText(stage.target, { translate: t, format, area: (area) => view.area(area) }),
      }),
    );
  }
  if (stage.cost !== null) sentences.push(t('funnel.reads.cost', { cost: format.money(stage.cost) }));
  if (speed?.time != null && speed.time.p90 >= 60) {
    sentences.push(
      t('funnel.reads.time', {
        p50: format.duration(speed.time.p50),
        p90: format.duration(speed.time.p90),
      }),
    );
  }
  if (stage.kind === 'measured') sentences.push(t('funnel.reads.measured'));
  return sentences;
}
