import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import type { Choice, PlannedFile } from './import-answers.ts';
import { useWords } from './words.ts';

type Answer = (answers: Readonly<Record<string, string>>) => void;

/** Columns that are asked about in one file. */
const MOST_COLUMNS = 12;
const CURRENCIES = ['MXN', 'USD', 'EUR', 'COP', 'ARS', 'CLP', 'PEN', 'BRL', 'GBP'];

/** Texts by which programs and people say that they have no value, or only that it is less than one. */
const LIKE_MISSING =
  /^(?:[-–—.?]+|n\.?\s?[/.]?\s?[ad]\.?|null|none|nil|nan|\(?not set\)?|\(?ninguno\)?|sin datos?|no aplica|pendiente|[<>≤≥].*)$/i;

/** What a file does not say, asked once for all files of its source. */
export function Questions({
  plan,
  choice,
  answer,
}: {
  readonly plan: PlannedFile;
  readonly choice: Choice;
  readonly answer: Answer;
}): ReactNode {
  const { report, errors } = plan;
  const has = (...codes: readonly string[]): boolean => errors.some(({ code }) => codes.includes(code));
  const marks = [
    ...new Set(
      (report?.examples ?? []).flatMap(({ value }) =>
        value !== null && LIKE_MISSING.test(value.trim()) ? [value.trim()] : [],
      ),
    ),
  ];
  const columns =
    report?.recognised?.by === 'preset' && report.recognised.free.length > 0 ? report.recognised.unknown : [];
  const said = choice.answers['missing'];
  return (
    <>
      {report?.recognised?.asks.includes('currency') === true && <Currency answer={answer} />}
      {has('ingest.dates_unclear', 'ingest.dates_conflict') && (
        <Choices question="ask.dates" name="dates" values={['dmy', 'mdy']} answer={answer} />
      )}
      {has('ingest.decimal_unclear') && (
        <Choices question="ask.decimal" name="decimal" values={['.', ',']} answer={answer} />
      )}
      {marks.map((mark) => (
        <Missing
          key={mark}
          mark={mark}
          answer={() => answer({ missing: said === undefined ? mark : `${said};${mark}` })}
        />
      ))}
      {columns.length > 0 && (
        <Columns
          key={columns.join()}
          columns={columns.slice(0, MOST_COLUMNS)}
          free={report?.recognised?.free ?? []}
          answer={answer}
        />
      )}
      {(report?.recognised?.stages?.length ?? 0) > 0 && (
        <Stages stages={report?.recognised?.stages ?? []} choice={choice} answer={answer} />
      )}
    </>
  );
}

function Currency({ answer }: { readonly answer: Answer }): ReactNode {
  const { w } = useWords();
  const [code, setCode] = useState('');
  const id = useId();
  return (
    <form
      className="asked"
      onSubmit={(event) => {
        event.preventDefault();
        answer({ currency: code.trim().toUpperCase() });
      }}
    >
      <label>
        <span>{w('ask.currency')}</span>
        <input
          type="text"
          required
          pattern="[A-Za-z]{3}"
          maxLength={3}
          size={5}
          list={id}
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      </label>
      <datalist id={id}>
        {CURRENCIES.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </datalist>
      <button type="submit">{w('ask.answer')}</button>
    </form>
  );
}

function Choices({
  question,
  name,
  values,
  answer,
}: {
  readonly question: string;
  readonly name: string;
  readonly values: readonly string[];
  readonly answer: Answer;
}): ReactNode {
  const { w } = useWords();
  return (
    <fieldset className="asked">
      <legend>{w(question)}</legend>
      {values.map((value) => (
        <button key={value} type="button" onClick={() => answer({ [name]: value })}>
          {w(`${question}.${value}`)}
        </button>
      ))}
    </fieldset>
  );
}

function Missing({ mark, answer }: { readonly mark: string; readonly answer: () => void }): ReactNode {
  const { w } = useWords();
  return (
    <p className="asked">
      <span>{w('ask.missing', { mark })}</span>
      <button type="button" onClick={answer}>
        {w('ask.missing.yes', { mark })}
      </button>
    </p>
  );
}

function Columns({
  columns,
  free,
  answer,
}: {
  readonly columns: readonly string[];
  readonly free: readonly string[];
  readonly answer: Answer;
}): ReactNode {
  const { w } = useWords();
  const [goes, setGoes] = useState<Readonly<Record<string, string>>>({});
  const taken = new Set(Object.values(goes));
  return (
    <details className="asked-columns">
      <summary>{w('ask.columns', { columns: columns.length })}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          answer(Object.fromEntries(columns.map((column) => [`column:${column}`, goes[column] ?? ''])));
        }}
      >
        <p className="explains">{w('ask.columns.explained')}</p>
        <div className="choices">
          {columns.map((column) => (
            <label key={column}>
              <span>{column}</span>
              <select
                value={goes[column] ?? ''}
                onChange={(event) => setGoes({ ...goes, [column]: event.target.value })}
              >
                <option value="">{w('map.aside')}</option>
                {free
                  .filter((field) => field === goes[column] || !taken.has(field))
                  .map((field) => (
                    <option key={field} value={field}>
                      {field}
                    </option>
                  ))}
              </select>
            </label>
          ))}
          <button type="submit">{w('ask.answer')}</button>
        </div>
      </form>
    </details>
  );
}

/** Stages of a CRM's pipeline that are called as nobody else calls them: which of them end it. */
function Stages({
  stages,
  choice,
  answer,
}: {
  readonly stages: readonly string[];
  readonly choice: Choice;
  readonly answer: Answer;
}): ReactNode {
  const { w } = useWords();
  const [means, setMeans] = useState<Readonly<Record<string, string>>>({});
  const said = (name: string): string => {
    const now = stages.filter((stage) => (means[stage] ?? 'open') === name);
    return [choice.answers[name], ...now].filter((each) => each !== undefined && each !== '').join(';');
  };
  return (
    <details className="asked-columns">
      <summary>{w('ask.stages', { stages: stages.length })}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          answer({ won: said('won'), lost: said('lost'), open: said('open') });
        }}
      >
        <p className="explains">{w('ask.stages.explained')}</p>
        <div className="choices">
          {stages.map((stage) => (
            <label key={stage}>
              <span>{stage}</span>
              <select
                value={means[stage] ?? 'open'}
                onChange={(event) => setMeans({ ...means, [stage]: event.target.value })}
              >
                {['open', 'won', 'lost'].map((each) => (
                  <option key={each} value={each}>
                    {w(`ask.stages.${each}`)}
                  </option>
                ))}
              </select>
            </label>
          ))}
          <button type="submit">{w('ask.answer')}</button>
        </div>
      </form>
    </details>
  );
}
