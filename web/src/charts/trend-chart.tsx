import { useEffect, useRef, useState } from 'react';
import type { PointerEvent, ReactNode, RefObject } from 'react';
import type { TrendAnswer } from '../../../src/core/measures/answer.ts';
import { useReading } from '../language.tsx';
import { ComparedNote } from '../parts/compared-note.tsx';
import { dayText } from '../parts/dates.ts';
import { Notes } from '../parts/notes.tsx';
import { TableSwitch, useTableView } from '../parts/table-view.tsx';
import type { View } from '../parts/use-view.ts';
import { Scroll } from '../parts/scroll.tsx';

const HEIGHT = 240;
const LEFT = 44;
const BOTTOM = 24;
const TOP = 12;

/** A round number at or above a maximum, for the top of the axis. */
function roundUp(most: number): number {
  const size = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * size).find((step) => step >= most) ?? most;
}

/** The width of a box in pixels, so that text in a drawing keeps its size. */
export function useWidth(): readonly [RefObject<HTMLDivElement | null>, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(720);
  useEffect(() => {
    const { current } = box;
    if (current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.max(280, entry.contentRect.width));
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}

/** One stage over time, with the period before as a quiet line and incomplete points drawn hollow. */
export function TrendChart({
  answer,
  ripe,
  view,
}: {
  readonly answer: TrendAnswer;
  /** By stage, the days after creation in which nearly all leads that reach it do. */
  readonly ripe: ReadonlyMap<string, number>;
  readonly view: View;
}): ReactNode {
  const { t, language } = useReading();
  const reached = view.agreement.stages.filter((stage) => stage.kind === 'reached');
  const [stage, setStage] = useState(reached.at(-1)?.id ?? '');
  const [asTable, turn] = useTableView();
  const [pointed, setPointed] = useState<number | null>(null);
  const [box, width] = useWidth();
  const { points, previous } = answer;
  const values = points.map((point) => point.counts[stage] ?? 0);
  const ghosts = (previous ?? []).slice(0, points.length).map((point) => point.counts[stage] ?? 0);
  const most = roundUp(Math.max(1, ...values, ...ghosts));
  const x = (index: number): number =>
    LEFT + (points.length < 2 ? 0.5 : index / (points.length - 1)) * (width - LEFT - 12);
  const y = (value: number): number => TOP + (1 - value / most) * (HEIGHT - TOP - BOTTOM);
  const line = (series: readonly number[]): string =>
    series.map((value, index) => `${index === 0 ? 'M' : 'L'}${x(index)} ${y(value)}`).join(' ');
  const known = view.status.extent?.to ?? answer.range.to;
  // Leads so young that more of them will get there: what they have is not yet what they will.
  const isYoung = (point: TrendAnswer['points'][number]): boolean =>
    answer.mode === 'cohort' && daysFrom(point.to, known) < (ripe.get(stage) ?? 0);
  const isHollow = (point: TrendAnswer['points'][number]): boolean => !point.complete || isYoung(point);
  const firstHollow = points.findIndex((point, index) => index > 0 && isHollow(point));
  const solid = firstHollow < 0 ? values : values.slice(0, firstHollow);
  const owner = view.agreement.stages.find((each) => each.id === stage)?.owner ?? '';
  const markOf = (point: TrendAnswer['points'][number] | undefined): 'yes' | 'no' | 'young' =>
    point?.complete !== true ? 'no' : isYoung(point) ? 'young' : 'yes';
  const pointText = (index: number): string =>
    t('trend.point', {
      when: dayText(points[index]?.from ?? '', answer.every, language),
      count: view.format.count(values[index] ?? 0),
      before: ghosts[index] === undefined ? 'none' : view.format.count(ghosts[index]),
      complete: markOf(points[index]),
    });
  const point = (event: PointerEvent<SVGSVGElement>): void => {
    const { left, width: drawn } = event.currentTarget.getBoundingClientRect();
    setPointed(nearest(((event.clientX - left) / drawn) * width, points.length, x));
  };
  const hollow = { incomplete: points.some(({ complete }) => !complete), young: points.some(isYoung) };
  const labelEvery = Math.max(1, Math.ceil(points.length / Math.max(3, Math.floor(width / 90))));
  return (
    <section className="panel trend" aria-labelledby="trend-title">
      <header>
        <h2 id="trend-title">{t('trend.title', { stage: view.stage(stage), every: answer.every })}</h2>
        <label>
          <span className="unseen">{t('trend.stage')}</span>
          <select value={stage} onChange={(event) => setStage(event.target.value)}>
            {reached.map((each) => (
              <option key={each.id} value={each.id}>
                {each.label}
              </option>
            ))}
          </select>
        </label>
        <TableSwitch asTable={asTable} turn={turn} />
      </header>
      {asTable ? (
        <Scroll>
          <table>
            <thead>
              <tr>
                <th scope="col">{t(`every.${answer.every}`)}</th>
                <th scope="col" className="number">
                  {view.stage(stage)}
                </th>
                {previous && (
                  <th scope="col" className="number">
                    {t('trend.before')}
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {points.map((point, index) => (
                <tr key={point.from} className={isHollow(point) ? 'dim' : ''}>
                  <th scope="row">
                    {dayText(point.from, answer.every, language)}
                    {markOf(point) === 'young' && <small> {t('young')}</small>}
                  </th>
                  <td className="number">{view.format.count(values[index] ?? 0)}</td>
                  {previous && <td className="number">{view.format.count(ghosts[index] ?? null)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      ) : (
        <div className="drawing" ref={box}>
          <svg
            viewBox={`0 0 ${width} ${HEIGHT}`}
            role="img"
            aria-label={t('trend.described', {
              stage: view.stage(stage),
              least: view.format.count(Math.min(...values)),
              most: view.format.count(Math.max(...values)),
            })}
            className={view.hue(owner)}
            onPointerDown={point}
            onPointerMove={point}
            onPointerLeave={(event) => {
              // A finger that is lifted leaves what it pointed at to be read.
              if (event.pointerType === 'mouse') setPointed(null);
            }}
          >
            {[0, 0.5, 1]
              .filter((part) => Number.isInteger(most * part))
              .map((part) => (
                <g key={part} className="axis">
                  <line x1={LEFT} x2={width - 12} y1={y(most * part)} y2={y(most * part)} />
                  <text x={LEFT - 8} y={y(most * part) + 4} textAnchor="end">
                    {view.format.count(most * part)}
                  </text>
                </g>
              ))}
            {points.map((point, index) =>
              index % labelEvery === 0 ? (
                <text
                  key={point.from}
                  className="axis-label"
                  x={x(index)}
                  y={HEIGHT - 6}
                  textAnchor={textAnchorOf(index, points.length)}
                >
                  {dayText(point.from, answer.every, language)}
                </text>
              ) : null,
            )}
            {pointed !== null && (
              <line className="pointed" x1={x(pointed)} x2={x(pointed)} y1={TOP} y2={HEIGHT - BOTTOM} />
            )}
            {ghosts.length > 1 && <path className="ghost" d={line(ghosts)} />}
            <path className="line" d={line(solid)} />
            {firstHollow > 0 && (
              <path
                className="line incomplete"
                d={values
                  .slice(firstHollow - 1)
                  .map(
                    (value, index) => `${index === 0 ? 'M' : 'L'}${x(index + firstHollow - 1)} ${y(value)}`,
                  )
                  .join(' ')}
              />
            )}
            {points.map((point, index) => (
              <circle
                key={point.from}
                className={isHollow(point) ? 'dot incomplete' : 'dot'}
                cx={x(index)}
                cy={y(values[index] ?? 0)}
                r={index === pointed ? 5 : points.length > 40 ? 2 : 3.5}
              />
            ))}
          </svg>
        </div>
      )}
      <p className="legend">
        {points.length > 0 && <strong>{pointText(pointed ?? points.length - 1)}</strong>}
        {previous && <span className="ghost-key">{t('trend.ghost')}</span>}
        {previous && (
          <span>
            <ComparedNote compared={answer.compared} mode={answer.mode} />
          </span>
        )}
        {(hollow.incomplete || hollow.young) && (
          <span>
            {t('trend.hollow', {
              why: !hollow.young ? 'incomplete' : !hollow.incomplete ? 'young' : 'both',
              days: ripe.get(stage) ?? 0,
            })}
          </span>
        )}
      </p>
      <Notes chart="trend" view={view} />
    </section>
  );
}

function daysFrom(day: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(day)) / 86_400_000);
}

/** The point whose place is nearest to one in the drawing. */
function nearest(place: number, count: number, x: (index: number) => number): number {
  const indexes = Array.from({ length: count }, (_, index) => index);
  return indexes.reduce(
    (best, each) => (Math.abs(x(each) - place) < Math.abs(x(best) - place) ? each : best),
    0,
  );
}

/** The last label ends where the drawing ends. */
function textAnchorOf(index: number, count: number): 'middle' | 'end' {
  return index === count - 1 && count > 1 ? 'end' : 'middle';
}
