import { useLayoutEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import type { Share } from '../../../src/core/measures/answer.ts';
import { useReading } from '../language.tsx';
import { Link } from '../parts/link.tsx';
import { tipFirst } from '../parts/tip.ts';
import { explained } from './explained.ts';
import { Scroll } from '../parts/scroll.tsx';
import type { View } from '../parts/use-view.ts';

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
/** Before the first hour that is shown where not all fit comes at most this share of the leads. */
const QUIET = 0.05;

/** The first hour by which more leads came than in the quiet of the night. */
function firstBusyHour(cells: ReadonlyMap<string, HeatCell>): string {
  const leads = (until: string): number =>
    [...cells].reduce(
      (sum, [value, { rate }]) => (value.slice(2) <= until ? sum + rate.denominator : sum),
      0,
    );
  const all = leads('23');
  return HOURS.find((hour) => leads(hour) > QUIET * all) ?? '00';
}

/** The leads of an hour of a weekday, and what part of them did it. */
export interface HeatCell {
  readonly rate: Share;
  readonly small: boolean;
  readonly differs: boolean;
}

/** Day by hour: the darker a cell, the higher its share; cells of few leads are dimmed. */
export function HeatGrid({
  id,
  caption,
  cells,
  top,
  hue,
  view,
  searchOf,
  described = 'bars.described',
}: {
  readonly id: string;
  readonly caption: string;
  /** By weekday and hour: `1-09`. */
  readonly cells: ReadonlyMap<string, HeatCell>;
  /** The share that is drawn darkest. */
  readonly top: number;
  readonly hue: string;
  readonly view: View;
  /** The question for the leads of a cell. */
  readonly searchOf: (value: string) => Readonly<Record<string, unknown>>;
  /** The text of a cell, with `name`, `rate`, `numerator` and `denominator`. */
  readonly described?: string;
}): ReactNode {
  const { t } = useReading();
  const busy = firstBusyHour(cells);
  const firstShown = useRef<HTMLTableCellElement>(null);
  // On a narrow screen, where the hours scroll, the day stands there and not the night.
  useLayoutEffect(() => {
    const box = firstShown.current?.closest('.scroll');
    const days = box?.querySelector('th');
    if (box && days) box.scrollLeft = (firstShown.current?.offsetLeft ?? 0) - days.offsetWidth;
  }, []);
  const days =
    view.agreement.week_starts === 'sunday'
      ? ['7', '1', '2', '3', '4', '5', '6']
      : ['1', '2', '3', '4', '5', '6', '7'];
  return (
    <>
      <p className="legend" id={id}>
        {caption}
      </p>
      <Scroll className={`heat ${hue}`}>
        <table aria-labelledby={id}>
          <thead>
            <tr>
              <th scope="col">
                <span className="unseen">{t('heat.day')}</span>
              </th>
              {HOURS.map((hour) => (
                <th key={hour} scope="col" ref={hour === busy ? firstShown : null}>
                  {hour}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.map((day) => (
              <tr key={day}>
                <th scope="row">{t(`weekday.${day}`)}</th>
                {HOURS.map((hour) => {
                  const value = `${day}-${hour}`;
                  const cell = cells.get(value);
                  if (!cell || cell.rate.denominator === 0) {
                    return <td key={hour} className="none" aria-label={t('heat.none')} />;
                  }
                  const text = t(described, {
                    name: `${t(`weekday.${day}`)}, ${hour} h`,
                    rate: view.format.percent(cell.rate.rate),
                    numerator: view.format.count(cell.rate.numerator),
                    denominator: view.format.count(cell.rate.denominator),
                  });
                  return (
                    <td key={hour} className={cell.small ? 'small' : cell.differs ? 'differs' : ''}>
                      <Link
                        to="/leads"
                        search={searchOf(value)}
                        {...tipFirst(explained(text, cell, cell.rate, t, view))}
                        style={{ '--heat': Math.min(1, (cell.rate.rate ?? 0) / top) }}
                      >
                        {Math.round((cell.rate.rate ?? 0) * 100)}
                        <span className="unseen"> {text}</span>
                      </Link>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
