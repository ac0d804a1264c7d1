import type { ReactNode } from 'react';
import type { HandoffAnswer } from '../../../src/core/measures/handoffs-answer.ts';
import { useReading } from '../language.tsx';
import { handoffSearch } from '../parts/handoff-leads.ts';
import type { View } from '../parts/use-view.ts';
import { addDays } from '../../../src/core/calendar/add-days.ts';
import type { Search } from '../search.ts';
import { Link } from '../parts/link.tsx';
import { tipFirst } from '../parts/tip.ts';

/** Longer ranges are drawn by the week: a column a day would be thinner than a line. */
const MOST_COLUMNS = 100;

interface Column {
  readonly from: string;
  readonly to: string;
  readonly kept: number;
  readonly broken: number;
}

/** What came on each day: kept below, broken above. */
export function HandoffDays({
  handoff,
  range,
  view,
  state,
}: {
  readonly handoff: HandoffAnswer;
  readonly range: { readonly from: string; readonly to: string };
  readonly view: View;
  readonly state: Search;
}): ReactNode {
  const { t, language } = useReading();
  const columns = columnsOf(handoff, range);
  const most = Math.max(1, ...columns.map(({ kept, broken }) => kept + broken));
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  const textOf = ({ from, to, kept, broken }: Column): string =>
    t('handoff.day', {
      day: date.formatRange(new Date(from), new Date(to)),
      kept: view.format.count(kept),
      broken: view.format.count(broken),
    });
  const height = (count: number): string => `${(count / most) * 100}%`;
  return (
    <>
      <div className={`handoff-days ${view.hue(handoff.owner)}`}>
        {columns.map((column) =>
          column.kept + column.broken === 0 ? (
            <span key={column.from} className="column" />
          ) : (
            <Link
              key={column.from}
              className="column"
              to="/leads"
              search={handoffSearch(handoff, { from: column.from, to: column.to }, state, view)}
              {...tipFirst(textOf(column))}
              aria-label={textOf(column)}
            >
              <span className="broken" style={{ height: height(column.broken) }} />
              <span className="kept" style={{ height: height(column.kept) }} />
            </Link>
          ),
        )}
      </div>
      <div className="handoff-days-axis" aria-hidden="true">
        <span>{date.format(new Date(range.from))}</span>
        <span>
          {t(columns.some(({ from, to }) => from !== to) ? 'handoff.most_week' : 'handoff.most_day', {
            most: view.format.count(most),
          })}
        </span>
        <span>{date.format(new Date(range.to))}</span>
      </div>
    </>
  );
}

/** Every day of the range, or every seven, those without leads as well. */
function columnsOf(handoff: HandoffAnswer, { from, to }: { from: string; to: string }): readonly Column[] {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
  const size = days > MOST_COLUMNS ? 7 : 1;
  const columns: Column[] = [];
  for (let start = from; start <= to; start = addDays(start, size)) {
    const last = addDays(start, size - 1);
    const end = last > to ? to : last;
    const there = handoff.days.filter(({ day }) => day >= start && day <= end);
    columns.push({
      from: start,
      to: end,
      kept: there.reduce((sum, { kept }) => sum + kept, 0),
      broken: there.reduce((sum, { broken }) => sum + broken, 0),
    });
  }
  return columns;
}
