import type { ReactNode } from 'react';
import type { IncidenceCurve, MaturityAnswer } from '../../../src/core/measures/maturity-answer.ts';
import { useReading } from '../language.tsx';
import type { View } from '../parts/use-view.ts';
import { axisTicks } from './axis-ticks.ts';
import { useWidth } from './trend-chart.tsx';

const HEIGHT = 220;
const LEFT = 48;
const BOTTOM = 24;
const TOP = 12;
const RIGHT = 12;

type Point = IncidenceCurve['points'][number];

/** The days in which nearly all happens: up to the last point but one, which stands at 99 %. */
function lastDay(points: readonly Point[]): number {
  return Math.max(1, points.at(points.length > 2 ? -2 : -1)?.day ?? 1);
}

/** The share that has reached the stage by each day: these leads with their interval, and the usual, faint. */
export function IncidenceChart({
  answer,
  view,
}: {
  readonly answer: MaturityAnswer;
  readonly view: View;
}): ReactNode {
  const { t } = useReading();
  const [box, width] = useWidth();
  const end = Math.max(lastDay(answer.curve.points), lastDay(answer.reference.points));
  const shown = (curve: IncidenceCurve): readonly Point[] => curve.points.filter((point) => point.day <= end);
  const [own, usual] = [shown(answer.curve), shown(answer.reference)];
  const most = Math.max(0.000_001, ...[...own, ...usual].map((point) => point.high));
  const x = (day: number): number => LEFT + (day / end) * (width - LEFT - RIGHT);
  const y = (rate: number): number => TOP + (1 - rate / most) * (HEIGHT - TOP - BOTTOM);
  // A step: it holds until the next day that is told.
  const steps = (points: readonly Point[], value: (point: Point) => number): string =>
    points.map((point) => `H${x(point.day)} V${y(value(point))}`).join(' ');
  const line = (points: readonly Point[]): string =>
    `M${x(0)} ${y(0)} ${steps(points, (point) => point.reached)}`;
  const back = own
    .toReversed()
    .map((point) => `V${y(point.low)} H${x(point.day)}`)
    .join(' ');
  const band = `M${x(0)} ${y(0)} ${steps(own, (point) => point.high)} ${back} Z`;
  const owner = view.agreement.stages.find((stage) => stage.id === answer.stages[1])?.owner ?? '';
  const last = own.at(-1);
  const days = axisTicks(end, 4, 1);
  return (
    <div className="drawing" ref={box}>
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="img"
        className={view.hue(owner)}
        aria-label={t('maturity.curve.described', {
          days: last?.day ?? 0,
          rate: view.format.percent(last?.reached ?? null),
        })}
      >
        {axisTicks(most, 3).map((rate) => (
          <g key={rate} className="axis">
            <line x1={LEFT} x2={width - RIGHT} y1={y(rate)} y2={y(rate)} />
            <text x={LEFT - 8} y={y(rate) + 4} textAnchor="end">
              {view.format.agreed(rate, 'percent')}
            </text>
          </g>
        ))}
        {days.map((day) => (
          <text
            key={day}
            x={x(day)}
            y={HEIGHT - 6}
            textAnchor={day === 0 ? 'start' : day > end * 0.95 ? 'end' : 'middle'}
          >
            {day === days.at(-1) ? t('maturity.days', { days: day }) : day}
          </text>
        ))}
        <path className="band" d={band} />
        <path className="ghost" d={line(usual)} />
        <path className="line" d={line(own)} />
      </svg>
    </div>
  );
}
