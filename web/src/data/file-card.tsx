import { useState } from 'react';
import type { ReactNode } from 'react';
import { Breakable } from '../parts/breakable.tsx';
import { Skeleton } from '../parts/states.tsx';
import type { View } from '../parts/use-view.ts';
import { countsIn } from './counts.ts';
import { isReady } from './import-answers.ts';
import type { Choice, ImportReport, PlannedFile } from './import-answers.ts';
import { MappingEditor } from './mapping-editor.tsx';
import { PlanDetails } from './plan-details.tsx';
import { Questions } from './questions.tsx';
import { useWords } from './words.ts';

/** Files of refused rows that mend nothing: another mapping would not help. */
const REFUSED_REJECTS: readonly string[] = [
  'store.no_rejects_file',
  'store.rejects_unchanged',
  'store.rejects_unknown',
];

/** What the file itself has to be exported anew for: what is said of it tells how. */
const BEYOND_READING: readonly string[] = ['ingest.period_totals', 'ingest.mixed_currencies'];

/** One file: what it was recognised as, what it would become, what has to be said of it. */
export function FileCard({
  view,
  plan: latest,
  error,
  retry,
  choice,
  choose,
  remove,
  isOnly,
}: {
  readonly view: View;
  /** Null while it is looked at. */
  readonly plan: PlannedFile | null;
  readonly error: Error | null;
  readonly retry: () => void;
  readonly choice: Choice;
  readonly choose: (choice: Choice) => void;
  readonly remove: () => void;
  /** One of few: its details are open from the start. */
  readonly isOnly: boolean;
}): ReactNode {
  const { w } = useWords();
  // What was shown stays while the file is read anew.
  const [shown, setShown] = useState<PlannedFile | null>(latest);
  if (latest !== null && latest !== shown) setShown(latest);
  const [isMapping, setMapping] = useState(false);
  const plan = latest ?? shown;
  if (plan === null)
    return (
      <li className="file-card">
        {error === null ? (
          <>
            <h2>{choice.name !== undefined && <Breakable name={choice.name} />}</h2>
            <p className="dim">{w('import.reading')}</p>
            <Skeleton lines={2} />
          </>
        ) : (
          <p role="alert">
            {error.message}{' '}
            <button type="button" onClick={retry}>
              {w('import.again')}
            </button>
          </p>
        )}
      </li>
    );
  const { name, report, errors, head } = plan;
  const isGone = errors.some(({ code }) => code === 'server.no_upload');
  const isUnknown = errors.some(({ code }) =>
    ['ingest.unknown_file', 'ingest.missing_columns', 'ingest.no_header'].includes(code),
  );
  const by = report?.recognised?.by;
  const isRejects = by === 'rejects' || errors.some(({ code }) => REFUSED_REJECTS.includes(code));
  const isBeyondReading = errors.some(({ code }) => BEYOND_READING.includes(code));
  const canMap = head !== null && by !== 'preset' && !isRejects && !isBeyondReading;
  const editor = isMapping || (isUnknown && choice.mapping === undefined);
  return (
    <li className={`file-card${latest === null ? ' waiting' : ''}`} aria-busy={latest === null}>
      <header>
        <h2>{name === null ? w('import.gone') : <Breakable name={name} />}</h2>
        <button
          type="button"
          className="quiet"
          aria-label={w('import.remove_named', { name: name ?? '' })}
          onClick={remove}
        >
          {w('import.remove')}
        </button>
      </header>
      {report !== null && <Recognised report={report} view={view} isWhole={isReady(plan)} />}
      {errors.map(({ code, message, hint }) =>
        isUnknown && head !== null && code === 'ingest.unknown_file' ? (
          <p key={code}>{w('import.unknown')}</p>
        ) : (
          <div key={`${code} ${message}`} className="refusal">
            <p>{message}</p>
            {hint !== null && <p className="explains">{isGone ? w('import.send_again') : hint}</p>}
          </div>
        ),
      )}
      {report?.warnings.map(({ message, hint }) => (
        <p key={message} className="explains">
          {[message, hint].filter((each) => each !== null).join('. ')}
        </p>
      ))}
      <Questions
        plan={plan}
        choice={choice}
        answer={(answers) => choose({ ...choice, answers: { ...choice.answers, ...answers } })}
      />
      {report?.plan !== undefined && !editor && (
        <PlanDetails report={report} plan={report.plan} view={view} isOpen={isOnly} />
      )}
      {head !== null &&
        (editor ? (
          <MappingEditor
            key={name}
            name={name ?? ''}
            head={head}
            plan={report?.plan ?? null}
            kept={choice.mapping ?? null}
            view={view}
            cancel={isUnknown && choice.mapping === undefined ? null : () => setMapping(false)}
            apply={(mapping, remember) => {
              setMapping(false);
              choose({ ...choice, mapping, remember });
            }}
          />
        ) : (
          canMap && (
            <p>
              <button type="button" onClick={() => setMapping(true)}>
                {w('import.change')}
              </button>
            </p>
          )
        ))}
    </li>
  );
}

/** How a file was recognised, and its counts, which add up. */
function Recognised({
  report,
  view,
  isWhole,
}: {
  readonly report: ImportReport;
  readonly view: View;
  readonly isWhole: boolean;
}): ReactNode {
  const { w } = useWords();
  const { recognised, plan, mended, leftOut = {} } = report;
  const kinds = [...new Set(plan?.records.map(({ kind }) => kind))];
  const left = Object.entries(leftOut);
  return (
    <>
      <p className="recognised">
        {recognised !== undefined && (
          <strong>{w(`import.by.${recognised.by}`, { name: recognised.name })}</strong>
        )}
        {kinds.length > 0 && ` → ${kinds.map((kind) => w(`kinds.${kind}`)).join(', ')}`}
      </p>
      <p>
        {countsIn(w, view, report)}
        {left.length > 0 &&
          ` ${w('import.left_out', {
            rows: left.map(([reason, rows]) => w(`import.left.${reason}`, { rows })).join(', '),
          })}`}
      </p>
      {mended !== undefined && mended.untouched + mended.unknown > 0 && (
        <p className="explains">
          {w('import.mended_left', { untouched: mended.untouched, unknown: mended.unknown })}
        </p>
      )}
      {report.known && <p className="explains">{w('import.known')}</p>}
      {!isWhole && <p className="explains">{w('import.asks')}</p>}
    </>
  );
}
