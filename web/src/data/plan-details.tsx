import type { ReactNode } from 'react';
import { Scroll } from '../parts/scroll.tsx';
import type { View } from '../parts/use-view.ts';
import type { ImportPlan, ImportReport } from './import-answers.ts';
import { useNames } from './names.ts';
import { mendOf, useWords } from './words.ts';

/** The first rows as they would be kept, those that would be refused and why, and which column goes where. */
export function PlanDetails({
  report,
  plan,
  view,
  isOpen,
}: {
  readonly report: ImportReport;
  readonly plan: ImportPlan;
  readonly view: View;
  readonly isOpen: boolean;
}): ReactNode {
  const { w } = useWords();
  const reasons = Object.entries(report.byReason);
  return (
    <>
      {report.rejected > 0 && (
        <details open>
          <summary>
            {w('import.rejected', { n: report.rejected, count: view.format.count(report.rejected) })}
          </summary>
          <ul className="reasons">
            {reasons.map(([code, rows]) => (
              <li key={code}>
                {w('rejects.reason', { kind: w(`kind.${code}`), count: view.format.count(rows) })}{' '}
                <small>{mendOf(code, w)}</small>
              </li>
            ))}
          </ul>
          <ul className="examples">
            {report.examples.map(({ line, reason }) => (
              <li key={line}>{w('import.example', { line, reason })}</li>
            ))}
          </ul>
          <p className="explains">{w('import.mend_later')}</p>
        </details>
      )}
      <details open={isOpen}>
        <summary>{w('import.preview')}</summary>
        <Samples plan={plan} view={view} />
      </details>
      <details>
        <summary>{w('import.how')}</summary>
        <Reading plan={plan} unknown={report.recognised?.unknown ?? []} view={view} />
      </details>
    </>
  );
}

function Samples({ plan, view }: { readonly plan: ImportPlan; readonly view: View }): ReactNode {
  const { w } = useWords();
  const nameOf = useNames(view);
  const kinds = Object.entries(plan.samples).filter(([, rows]) => rows.length > 0);
  if (kinds.length === 0) return <p className="explains">{w('import.nothing_new')}</p>;
  return kinds.map(([kind, rows]) => {
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    return (
      <Scroll key={kind} label={w(`kinds.${kind}`)}>
        <table className="samples">
          <caption>{w(`kinds.${kind}`)}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {nameOf(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, nth) => (
              <tr key={nth}>
                {columns.map((column) => (
                  <td key={column}>{valueOf(row[column], view, w)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    );
  });
}

function valueOf(
  value: string | number | boolean | null | undefined,
  { format }: View,
  w: (key: string) => string,
): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return w(value ? 'import.there' : 'import.not');
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T.*Z$/.test(value)) return format.instant(value);
  return String(value);
}

function Reading({
  plan,
  unknown,
  view,
}: {
  readonly plan: ImportPlan;
  readonly unknown: readonly string[];
  readonly view: View;
}): ReactNode {
  const { w } = useWords();
  const nameOf = useNames(view);
  const { format } = plan;
  return (
    <>
      <p className="explains">
        {w('import.read_as', {
          kind: String(format['kind']),
          sheet: String(format['sheet'] ?? ''),
          encoding: String(format['encoding'] ?? ''),
          delimiter: delimiterOf(String(format['delimiter'] ?? ''), w),
          timezone: plan.timezone,
          dates: w(`import.dates.${plan.dates}`),
          decimal: plan.decimal,
        })}
      </p>
      {plan.records.map((record, nth) => (
        <Scroll key={nth} label={w(`kinds.${record.kind}`)}>
          <table className="samples">
            <caption>
              {w(`kinds.${record.kind}`)}
              {record.when !== null && <small>{w('import.when', { rule: record.when })}</small>}
            </caption>
            <thead>
              <tr>
                <th scope="col">{w('import.in_tregua')}</th>
                <th scope="col">{w('import.in_file')}</th>
              </tr>
            </thead>
            <tbody>
              {Object.entries(record.columns).map(([name, headers]) => (
                <tr key={name}>
                  <th scope="row">{nameOf(name)}</th>
                  <td>{headers.join(' · ')}</td>
                </tr>
              ))}
              {Object.entries(record.constants).map(([name, value]) => (
                <tr key={name}>
                  <th scope="row">{nameOf(name)}</th>
                  <td className="dim">{w('import.always', { value })}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      ))}
      {unknown.length > 0 && <p className="explains">{w('import.aside', { columns: unknown.join(', ') })}</p>}
    </>
  );
}

function delimiterOf(delimiter: string, w: (key: string) => string): string {
  return delimiter === '\t' ? w('import.tab') : delimiter;
}
