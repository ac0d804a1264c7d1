import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { send, useAnswer } from '../api.ts';
import { keptState } from '../desk.ts';
import type { Note } from '../desk.ts';
import { useReading } from '../language.tsx';
import { questionOf } from '../../../src/core/measures/screen-question.ts';
import { sharedToken } from '../shared-link.ts';
import { longDay } from './dates.ts';
import { useAsked } from './asked.ts';
import { useLocalDay } from './local-day.ts';
import { useUndo } from './undo.tsx';
import type { View } from './use-view.ts';

/** What meetings concluded of a chart, with their day and what was asked; and a place for the next. */
export function Notes({ chart, view }: { readonly chart: string; readonly view: View }): ReactNode {
  const { t, language } = useReading();
  const dayOf = useLocalDay();
  const state = useAsked();
  const queries = useQueryClient();
  const offerUndo = useUndo();
  const id = useId();
  const [text, setText] = useState<string | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const notes = useAnswer('notes').data?.notes.filter((note) => note.chart === chart) ?? [];
  const isShared = sharedToken() !== null;
  const change = async (work: Promise<unknown>): Promise<boolean> => {
    try {
      await work;
      setFault(null);
      await queries.invalidateQueries({ queryKey: ['notes'] });
      return true;
    } catch (error) {
      setFault(error instanceof Error ? error.message : t('state.unreachable'));
      return false;
    }
  };
  const keep = async (): Promise<void> => {
    const written = (text ?? '').trim();
    if (written === '') return;
    const asked = { ...keptState(state), ...keptState(questionOf(state, view.status)) };
    if (await change(send('POST', 'notes', language, { chart, text: written, state: asked }))) setText(null);
  };
  const remove = async (note: Note): Promise<void> => {
    if (!(await change(send('DELETE', `notes/${note.id}`, language)))) return;
    offerUndo({
      text: t('notes.removed'),
      undo: () => void change(send('POST', `notes/${note.id}/restore`, language)),
    });
  };
  if (isShared && notes.length === 0) return null;
  return (
    <div className="notes">
      {notes.length > 0 && (
        <ul aria-label={t('notes.title')}>
          {notes.map((note) => (
            <li key={note.id}>
              <p>{note.text}</p>
              <small>
                {noteContext(note, t, language, dayOf)}
                {!isShared && (
                  <button type="button" className="quiet" onClick={() => void remove(note)}>
                    {t('notes.remove')}
                  </button>
                )}
              </small>
            </li>
          ))}
        </ul>
      )}
      {!isShared &&
        (text === null ? (
          <button type="button" className="quiet" onClick={() => setText('')}>
            {t('notes.add')}
          </button>
        ) : (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void keep();
            }}
          >
            <label htmlFor={id}>{t('notes.label')}</label>
            <textarea
              id={id}
              rows={3}
              maxLength={4000}
              value={text}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void keep();
                if (event.key === 'Escape') setText(null);
              }}
            />
            <button type="submit" disabled={text.trim() === ''}>
              {t('notes.keep')}
            </button>
            <button type="button" className="quiet" onClick={() => setText(null)}>
              {t('notes.cancel')}
            </button>
          </form>
        ))}
      {fault !== null && <p role="alert">{fault}</p>}
    </div>
  );
}

/** When a note was written, and of which days it speaks. */
export function noteContext(
  note: Note,
  t: ReturnType<typeof useReading>['t'],
  language: string,
  dayOf: (instant: string) => string,
): string {
  const { from, to } = note.state;
  return t('notes.context', {
    written: dayOf(note.created_at),
    from: typeof from === 'string' ? longDay(from, language) : '',
    to: typeof to === 'string' ? longDay(to, language) : '',
    ranged: typeof from === 'string' && typeof to === 'string' ? 'yes' : 'no',
  });
}
