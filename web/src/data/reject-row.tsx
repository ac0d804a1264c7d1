import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { send } from '../api.ts';
import type { Reject } from './answers.ts';
import { mendOf, useWords } from './words.ts';

/** A refused row: where it stands, why it was refused, and its cells to be corrected. */
export function RejectRow({
  reject,
  tell,
}: {
  readonly reject: Reject;
  readonly tell: (text: string) => void;
}): ReactNode {
  const { w } = useWords();
  const [isOpen, setOpen] = useState(false);
  const { file, line, source, entry, reason, mendable } = reject;
  return (
    <li>
      <div className="what">
        <p>
          <strong>{reason}</strong>
        </p>
        {mendOf(reject.code, w) !== null && <p className="explains">{mendOf(reject.code, w)}</p>}
        <small>
          {w('rejects.where', { file, line })} · {w('rejects.where_load', { source, batch: entry })}
        </small>
      </div>
      {mendable ? (
        <button
          type="button"
          aria-expanded={isOpen}
          aria-label={w('rejects.mend_named', { line, file })}
          onClick={() => setOpen(!isOpen)}
        >
          {w('rejects.mend')}
        </button>
      ) : (
        <small>{w('rejects.not_mendable')}</small>
      )}
      {isOpen && <Mending reject={reject} tell={tell} cancel={() => setOpen(false)} />}
    </li>
  );
}

function Mending({
  reject,
  tell,
  cancel,
}: {
  readonly reject: Reject;
  readonly tell: (text: string) => void;
  readonly cancel: () => void;
}): ReactNode {
  const { w, language } = useWords();
  const client = useQueryClient();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [fault, setFault] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const id = useId();
  const columns = Object.keys(reject.row);
  const blamed = columns.filter((column) => column === reject.column);
  const others = columns.filter((column) => column !== reject.column);
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      const answer = reportIn(
        await send('POST', `rejects/${reject.entry}/${reject.line}`, language, { values }),
      );
      if (answer.rejected > 0) setFault(w('rejects.again', { reason: answer.reason }));
      else {
        tell(w('rejects.mended', { line: reject.line, file: reject.file, batch: answer.entry }));
        await client.invalidateQueries();
        return;
      }
      await client.invalidateQueries();
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  };
  const cell = (column: string, nth: number): ReactNode => (
    <label key={column} htmlFor={`${id}-${nth}`}>
      <span>{column}</span>
      <input
        id={`${id}-${nth}`}
        type="text"
        value={values[column] ?? reject.row[column] ?? ''}
        onChange={(event) => setValues({ ...values, [column]: event.target.value })}
      />
    </label>
  );
  return (
    <form
      className="mending"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {blamed.map((column) => cell(column, columns.indexOf(column)))}
      <details open={blamed.length === 0}>
        <summary>{w('rejects.all_cells')}</summary>
        <div className="cells">{others.map((column) => cell(column, columns.indexOf(column)))}</div>
      </details>
      {fault !== null && <p role="alert">{fault}</p>}
      <p className="actions">
        <button type="submit" className="does" disabled={isBusy || Object.keys(values).length === 0}>
          {w('rejects.save')}
        </button>
        <button type="button" onClick={cancel}>
          {w('cancel')}
        </button>
      </p>
    </form>
  );
}

function reportIn(answer: unknown): {
  readonly entry: number;
  readonly rejected: number;
  readonly reason: string;
} {
  const told: { entry?: number; rejected?: number; examples?: readonly { reason: string }[] } =
    typeof answer === 'object' && answer !== null ? answer : {};
  return {
    entry: told.entry ?? 0,
    rejected: told.rejected ?? 0,
    reason: told.examples?.[0]?.reason ?? '',
  };
}
