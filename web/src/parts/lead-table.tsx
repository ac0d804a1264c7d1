import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
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
/** Characters of a column: a digit's width each, in whatever letters the reader has. */
const LEAST_LETTERS = 5;
const MOST_LETTERS = 36;
/** Heads are of smaller letters. */
const HEAD_LETTER = 0.8;
/** What stands around a cell's text. */
const CELL_PIXELS = 25;

/** How many characters of a column are shown: its longest text, so far as it leaves room for the others. */
function lettersOf(head: string, texts: readonly string[]): number {
  const longest = Math.max(head.length * HEAD_LETTER, ...texts.map(({ length }) => length));
  return Math.min(MOST_LETTERS, Math.max(LEAST_LETTERS, Math.ceil(longest)));
}

/** What a column may cut off, to be read in full. */
function clipped(text: string, letters: number): string | undefined {
  return text.length > letters * 0.9 ? text : undefined;
}

/** A list of leads of any length, asked for in windows as they scroll by. */
export function LeadTable({
  total,
  sample,
  question,
  columns,
  state,
  sort,
}: {
  readonly total: number;
  /** The first of them, which say how wide their columns are. */
  readonly sample: readonly LeadRow[];
  readonly question: Parameters;
  readonly columns: readonly ColumnOf[];
  readonly state: Search;
  readonly sort: (column: string) => void;
}): ReactNode {
  const { t } = useReading();
  // The first leads stand for all: columns keep their widths while others scroll by.
  const letters = useMemo(
    () => [
      lettersOf(
        'id',
        sample.map(({ id }) => id),
      ),
      ...columns.map((column) =>
        lettersOf(
          `${column.label} ↓`,
          sample.map((lead) => column.show(lead)),
        ),
      ),
    ],
    [columns, sample],
  );
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
        <table
          aria-rowcount={total + 1}
          style={{
            '--tracks': letters
              .map((each) => `minmax(calc(${each}ch + ${CELL_PIXELS}px), ${each + 3}fr)`)
              .join(' '),
            minWidth: `calc(${letters.reduce((sum, each) => sum + each, 0)}ch + ${letters.length * CELL_PIXELS}px)`,
          }}
        >
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
                  {columns.map((column, nth) => (
                    <td
                      key={column.id}
                      className={column.isNumber === true ? 'number' : ''}
                      title={
                        lead === undefined ? undefined : clipped(column.show(lead), letters[nth + 1] ?? 0)
                      }
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
