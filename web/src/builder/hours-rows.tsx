import type { ReactNode } from 'react';
import type { Path } from '../../../src/core/agreement/text-edit.ts';
import { useBuilder } from './builder-context.ts';
import { Choice, FaultsAt, Input, removal } from './controls.tsx';
import { added, takenOut, ValueList } from './value-list.tsx';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
type Day = (typeof DAYS)[number];

function dayNumber(day: string): number {
  return DAYS.findIndex((each) => each === day);
}

/** The days of a span such as `mon-fri`; none of one that is no span. */
function daysOf(span: string): readonly Day[] {
  const [first = '', last = first] = span.split('-');
  return dayNumber(first) < 0 ? [] : DAYS.slice(dayNumber(first), dayNumber(last) + 1);
}

function spanOf(first: string, last: string): string {
  return first === last ? first : `${first}-${last}`;
}

/** A day ends at the midnight that the next one begins with. */
const MIDNIGHT = '24:00';

/** Working hours: spans of days, each with when they open and close. */
export function HoursRows({
  hours,
  path,
}: {
  readonly hours: Readonly<Record<string, string>>;
  readonly path: Path;
}): ReactNode {
  const { t, edit } = useBuilder();
  const rows = Object.entries(hours);
  const days = DAYS.map((day) => ({ value: day, label: t(`builder.day.${day}`) }));
  const free = DAYS.find((day) => !rows.some(([span]) => daysOf(span).includes(day)));
  return (
    <div className="hours">
      {rows.map(([span, times], at) => {
        const [first = '', last = first] = span.split('-');
        const [opens = '', closes = ''] = times.split('-');
        const others = rows.filter(([each]) => each !== span).flatMap(([each]) => daysOf(each));
        // The days that other hours have are not offered, nor any beyond them.
        const isFree = (from: string, to: string): boolean => {
          const own = daysOf(spanOf(from, to));
          return own.length > 0 && !own.some((day) => others.includes(day));
        };
        const rename = (from: string, to: string): void =>
          edit([{ kind: 'rename', path: [...path, span], name: spanOf(from, to) }]);
        const set = (value: string): void =>
          edit([{ kind: 'set', path: [...path, span], value }], [...path, span].join('.'));
        return (
          <div key={at} className="fields">
            <Choice
              label={t('builder.first_day')}
              value={first}
              options={days.filter(({ value }) =>
                isFree(value, dayNumber(value) > dayNumber(last) ? value : last),
              )}
              onChange={(day) => rename(day, dayNumber(day) > dayNumber(last) ? day : last)}
            />
            <Choice
              label={t('builder.last_day')}
              value={last}
              options={days.filter(({ value }) => isFree(first, value))}
              onChange={(day) => rename(first, day)}
            />
            <Input
              label={t('builder.opens')}
              type="time"
              value={opens}
              problem={(time) =>
                time === ''
                  ? t('builder.wrong.time')
                  : time < closes
                    ? null
                    : t('builder.wrong.opens_late', { closes })
              }
              onChange={(time) => set(`${time}-${closes}`)}
            />
            <Input
              label={t('builder.closes')}
              type="time"
              value={closes === MIDNIGHT ? '00:00' : closes}
              problem={(time) =>
                time === ''
                  ? t('builder.wrong.time')
                  : time === '00:00' || time > opens
                    ? null
                    : t('builder.wrong.closes_early', { opens })
              }
              onChange={(time) => set(`${opens}-${time === '00:00' ? MIDNIGHT : time}`)}
            />
            {rows.length > 1 && (
              <button
                type="button"
                className="quiet"
                onClick={() => edit([removal(path, span, rows.length)])}
              >
                {t('builder.remove_hours')}
              </button>
            )}
          </div>
        );
      })}
      <FaultsAt path={path} isDeep />
      {free !== undefined && (
        <button
          type="button"
          className="quiet"
          onClick={() => edit([{ kind: 'set', path: [...path, free], value: '10:00-14:00' }])}
        >
          {t('builder.add_hours')}
        </button>
      )}
    </div>
  );
}

/** The days that no hours count on. */
export function HolidayList({
  holidays,
  path,
}: {
  readonly holidays: readonly string[];
  readonly path: Path;
}): ReactNode {
  const { t, edit, date } = useBuilder();
  return (
    <>
      <ValueList
        label={t('builder.holidays')}
        values={holidays}
        nameOf={date}
        type="date"
        onAdd={(day) => edit(added(path, holidays, day))}
        onTakeOut={(day) => edit(takenOut(path, holidays, day))}
      />
      <FaultsAt path={path} isDeep />
    </>
  );
}
