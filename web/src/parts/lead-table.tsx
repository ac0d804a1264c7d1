import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ask } from '../api.ts';
import type { Parameters } from '../../../src/core/measures/screen-question.ts';
import { useReading } from '../language.tsx';
import type { Search } from '../search.ts';
import type { ColumnOf, LeadRow } from './lead-columns.tsx';
import { useLongScroll } from './long-scroll.ts';

/** Leads asked for at a time. */
export const LEADS_WINDOW = 100;
const ROW_PIXELS = 40;
const HEAD_PIXELS = 40;
/** Characters that a column of any width shows. */
const CLIPPED = 10;

/** What a column may cut off, to be read in full. */
function clippedAbove(text: string): string | undefined {
  return text.length > CLIPPED ? text : undefined;
}

/** A list of leads of any length, asked for in windows as they scroll by. */
export function LeadTable({
  total,
  question,
  columns,
  state,
  sort,
}: {
  readonly total: number;
  readonly question: Parameters;
  readonly columns: readonly ColumnOf[];
  readonly state: Search;
  readonly sort: (column: string) => void;
}): ReactNode {
  const { t } = useReading();
  const { box, onScroll, height, first, count, top } = useLongScroll(total, ROW_PIXELS, HEAD_PIXELS);
  const indexes = Array.from({ length: count }, (_, place) => first + place);
  const windows = [...new Set(indexes.map((index) => Math.floor(index / LEADS_WINDOW)))];
  const answers = useQueries({
    queries: windows.map((window) => ({
      queryKey: ['leads', question, window],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        ask('leads', { ...question, offset: window * LEADS_WINDOW }, signal),
      placeholderData: keepPreviousData,
    })),
  });
  const leadAt = (index: number): LeadRow | undefined => {
    const answer = answers[windows.indexOf(Math.floor(index / LEADS_WINDOW))];
    return answer?.isPlaceholderData === false ? answer.data?.leads[index % LEADS_WINDOW] : undefined;
  };
  const current = (state.sort ?? '-created_at').replace(/^-/, '');
  const descending = (state.sort ?? '-created_at').startsWith('-');
  return (
    <>
      <section className="leads" ref={box} onScroll={onScroll} tabIndex={0} aria-label={t('nav.leads')}>
        <table aria-rowcount={total + 1} style={{ '--columns': columns.length + 1 }}>
          <thead>
            <tr>
              {[{ id: 'id', label: t('leads.column_id') }, ...columns].map((column) => (
                <th
                  key={column.id}
                  scope="col"
                  className={'isNumber' in column && column.isNumber ? 'number' : ''}
                  aria-sort={current === column.id ? (descending ? 'descending' : 'ascending') : 'none'}
                >
                  {'isLoose' in column && column.isLoose ? (
                    column.label
                  ) : (
                    <button
                      type="button"
                      onClick={() => sort(current === column.id && descending ? column.id : `-${column.id}`)}
                    >
                      {column.label}
                      <span aria-hidden="true">
                        {current === column.id ? (descending ? ' ↓' : ' ↑') : ''}
                      </span>
                    </button>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody style={{ height: height }}>
            {indexes.map((index, place) => {
              const lead = leadAt(index);
              return (
                <tr
                  key={index}
                  aria-rowindex={index + 2}
                  style={{ top: HEAD_PIXELS, transform: `translateY(${top + place * ROW_PIXELS}px)` }}
                >
                  <th scope="row">
                    {lead ? (
                      <Link to="/leads/$id" params={{ id: lead.id }} search={state}>
                        {lead.id}
                      </Link>
                    ) : (
                      '…'
                    )}
                  </th>
                  {columns.map((column) => (
                    <td
                      key={column.id}
                      className={column.isNumber === true ? 'number' : ''}
                      title={lead === undefined ? undefined : clippedAbove(column.show(lead))}
                    >
                      {lead ? column.show(lead) : ''}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </>
  );
}
