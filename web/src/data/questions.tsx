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

/** Columns of which nothing is known: which fields they go to. */
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
    <AskedEach
      summary={w('ask.columns', { columns: columns.length })}
      explained={w('ask.columns.explained')}
      names={columns}
      valueOf={(column) => goes[column] ?? ''}
      optionsOf={(column) => [
        { value: '', label: w('map.aside') },
        ...free
          .filter((field) => field === goes[column] || !taken.has(field))
          .map((field) => ({ value: field, label: field })),
      ]}
      choose={(column, field) => setGoes({ ...goes, [column]: field })}
      submit={() =>
        answer(Object.fromEntries(columns.map((column) => [`column:${column}`, goes[column] ?? ''])))
      }
    />
  );
}

const ENDS = ['open', 'won', 'lost'] as const;

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
    <AskedEach
      summary={w('ask.stages', { stages: stages.length })}
      explained={w('ask.stages.explained')}
      names={stages}
      valueOf={(stage) => means[stage] ?? 'open'}
      optionsOf={() => ENDS.map((value) => ({ value, label: w(`ask.stages.${value}`) }))}
      choose={(stage, end) => setMeans({ ...means, [stage]: end })}
      submit={() => answer({ won: said('won'), lost: said('lost'), open: said('open') })}
    />
  );
}

/** One choice for each of several names, answered together. */
function AskedEach({
  summary,
  explained,
  names,
  valueOf,
  optionsOf,
  choose,
  submit,
}: {
  readonly summary: string;
  readonly explained: string;
  readonly names: readonly string[];
  readonly valueOf: (name: string) => string;
  readonly optionsOf: (name: string) => readonly { readonly value: string; readonly label: string }[];
  readonly choose: (name: string, value: string) => void;
  readonly submit: () => void;
}): ReactNode {
  const { w } = useWords();
  return (
    <details className="asked-columns">
      <summary>{summary}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p className="explains">{explained}</p>
        <div className="choices">
          {names.map((name) => (
            <label key={name}>
              <span>{name}</span>
              <select value={valueOf(name)} onChange={(event) => choose(name, event.target.value)}>
                {optionsOf(name).map(({ value, label }) => (
                  <option key={value} value={value}>
                    {label}
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
