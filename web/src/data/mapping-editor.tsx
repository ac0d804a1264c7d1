import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { Breakable } from '../parts/breakable.tsx';
import { Scroll } from '../parts/scroll.tsx';
import type { View } from '../parts/use-view.ts';
import { draftIn, firstDraft, lacking, mappingText } from './draft-mapping.ts';
import type { DraftRecord } from './draft-mapping.ts';
import { KINDS } from './import-answers.ts';
import type { ImportHead, ImportPlan } from './import-answers.ts';
import { useNames } from './names.ts';
import { useWords } from './words.ts';

const MOST_RECORDS = 4;
const SEEN_VALUES = 3;

/** Where each column of a file goes: laid out once, and remembered for the files of its source. */
export function MappingEditor({
  name,
  head,
  plan,
  kept,
  view,
  apply,
  cancel,
}: {
  readonly name: string;
  readonly head: ImportHead;
  readonly plan: ImportPlan | null;
  /** The mapping that was laid out before. */
  readonly kept: string | null;
  readonly view: View;
  readonly apply: (mapping: string, remember: boolean) => void;
  /** Null where there is nothing to go back to. */
  readonly cancel: (() => void) | null;
}): ReactNode {
  const { w } = useWords();
  const nameOf = useNames(view);
  const [draft, setDraft] = useState(
    () => (kept === null ? null : draftIn(kept)) ?? firstDraft(name, head, plan),
  );
  const [remember, setRemember] = useState(true);
  const sourceId = useId();
  const set = (nth: number, record: DraftRecord | null): void =>
    setDraft({
      ...draft,
      records: draft.records.flatMap((each, at) => (at !== nth ? [each] : record === null ? [] : [record])),
    });
  const lacks = draft.records.flatMap((record, nth) => lacking(record).map((each) => ({ nth, name: each })));
  return (
    <form
      className="mapping"
      onSubmit={(event) => {
        event.preventDefault();
        apply(mappingText(draft), remember);
      }}
    >
      <p className="explains">{w('map.explained')}</p>
      <Scroll label={w('map.columns')} className="groups">
        <table>
          <thead>
            <tr>
              <th scope="col">{w('map.column')}</th>
              {draft.records.map((record, nth) => (
                <th key={nth} scope="col">
                  <label>
                    <span className="unseen">{w('map.kind', { nth: nth + 1 })}</span>
                    <select
                      value={record.kind}
                      onChange={(event) => {
                        const kind = KINDS.find((each) => each === event.target.value) ?? 'leads';
                        set(nth, { kind, columns: head.suggestion.columns[kind], constants: {} });
                      }}
                    >
                      {KINDS.map((kind) => (
                        <option key={kind} value={kind}>
                          {w(`map.each.${kind}`)}
                        </option>
                      ))}
                    </select>
                  </label>
                  {nth > 0 && (
                    <button type="button" className="quiet" onClick={() => set(nth, null)}>
                      {w('map.remove_record')}
                    </button>
                  )}
                </th>
              ))}
              <th scope="col">{w('map.values')}</th>
            </tr>
          </thead>
          <tbody>
            {head.columns.map((column, position) => (
              <tr key={column}>
                <th scope="row">
                  <Breakable name={column} />
                </th>
                {draft.records.map((record, nth) => (
                  <td key={nth}>
                    <Goes
                      column={column}
                      record={record}
                      names={head.names[record.kind]}
                      nameOf={nameOf}
                      change={(columns) => set(nth, { ...record, columns })}
                    />
                  </td>
                ))}
                <td className="dim values">
                  {head.rows
                    .map((row) => row[position] ?? '')
                    .filter((value) => value !== '')
                    .slice(0, SEEN_VALUES)
                    .join(' · ')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <div className="choices">
        {draft.records.map((record, nth) =>
          constantsOf(record).map((constant) => (
            <label key={`${nth} ${constant}`}>
              <span>{w('map.constant', { name: nameOf(constant), kind: w(`kinds.${record.kind}`) })}</span>
              <input
                type="text"
                value={record.constants[constant] ?? ''}
                placeholder={w(`map.example.${constant}`)}
                onChange={(event) =>
                  set(nth, {
                    ...record,
                    constants: { ...record.constants, [constant]: event.target.value },
                  })
                }
              />
            </label>
          )),
        )}
        <label htmlFor={sourceId}>
          <span>{w('map.source')}</span>
          <input
            id={sourceId}
            type="text"
            required
            pattern="[A-Za-z0-9][A-Za-z0-9_.\-]{0,79}"
            value={draft.source}
            onChange={(event) => setDraft({ ...draft, source: event.target.value.trim() })}
          />
        </label>
        <label className="checked">
          <input type="checkbox" checked={remember} onChange={(event) => setRemember(event.target.checked)} />
          <span>{w('map.remember')}</span>
        </label>
      </div>
      {draft.records.length < MOST_RECORDS && (
        <p>
          <button
            type="button"
            className="quiet"
            onClick={() =>
              setDraft({
                ...draft,
                records: [
                  ...draft.records,
                  { kind: 'activities', columns: head.suggestion.columns.activities, constants: {} },
                ],
              })
            }
          >
            {w('map.add_record')}
          </button>
        </p>
      )}
      {lacks.length > 0 && (
        <p className="explains">
          {w('map.lacks', { names: [...new Set(lacks.map((each) => nameOf(each.name)))].join(', ') })}
        </p>
      )}
      <p className="actions">
        <button type="submit" className="does" disabled={lacks.length > 0}>
          {w('map.apply')}
        </button>
        {cancel !== null && (
          <button type="button" onClick={cancel}>
            {w('cancel')}
          </button>
        )}
      </p>
    </form>
  );
}

/** What all rows have alike, where no column says it. */
function constantsOf({ kind, columns }: DraftRecord): readonly string[] {
  const names = { leads: [], activities: ['type'], ads: ['platform'] } as const;
  return names[kind].filter((name) => !Object.hasOwn(columns, name));
}

function Goes({
  column,
  record,
  names,
  nameOf,
  change,
}: {
  readonly column: string;
  readonly record: DraftRecord;
  readonly names: readonly string[];
  readonly nameOf: (name: string) => string;
  readonly change: (columns: Readonly<Record<string, string>>) => void;
}): ReactNode {
  const { w } = useWords();
  const own = Object.entries(record.columns).find(([, header]) => header === column)?.[0] ?? '';
  return (
    <select
      aria-label={w('map.goes', { column, kind: w(`kinds.${record.kind}`) })}
      className={own === '' ? 'dim' : ''}
      value={own}
      onChange={(event) => {
        const { value } = event.target;
        const rest = Object.entries(record.columns).filter(
          ([name, header]) => header !== column && name !== value,
        );
        change(Object.fromEntries(value === '' ? rest : [...rest, [value, column]]));
      }}
    >
      <option value="">{w('map.aside')}</option>
      {names.map((name) => (
        <option key={name} value={name}>
          {nameOf(name)}
        </option>
      ))}
    </select>
  );
}
