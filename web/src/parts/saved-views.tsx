import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { send, useAnswer } from '../api.ts';
import { keptState } from '../desk.ts';
import type { SavedView } from '../desk.ts';
import { useReading } from '../language.tsx';
import { readSearch } from '../search.ts';
import { useUndo } from './undo.tsx';

/** Lists of leads by a name, kept on the server for everybody of the workspace. */
export function SavedViews({ screen }: { readonly screen: string }): ReactNode {
  const { t, language } = useReading();
  const state = useSearch({ strict: false });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const offerUndo = useUndo();
  const [name, setName] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const views = useAnswer('views').data?.views.filter((view) => view.screen === screen) ?? [];
  const change = async (work: Promise<unknown>): Promise<boolean> => {
    try {
      await work;
      setFault(null);
      await queries.invalidateQueries({ queryKey: ['views'] });
      return true;
    } catch (error) {
      setFault(error instanceof Error ? error.message : t('state.unreachable'));
      return false;
    }
  };
  const keep = async (): Promise<void> => {
    const body = { name: name.trim(), screen, state: keptState(state) };
    if (await change(send('POST', 'views', language, body))) setName('');
  };
  const remove = async (view: SavedView): Promise<void> => {
    if (!(await change(send('DELETE', `views/${view.id}`, language)))) return;
    offerUndo({
      text: t('views.removed', { name: view.name }),
      undo: () => void change(send('POST', `views/${view.id}/restore`, language)),
    });
  };
  return (
    <details className="menu">
      <summary>{t('views.title', { count: views.length })}</summary>
      <div>
        {views.length > 0 && (
          <ul>
            {views.map((view) => (
              <li key={view.id}>
                <button
                  type="button"
                  className="link"
                  onClick={() => void navigate({ to: '.', search: readSearch(view.state) })}
                >
                  {view.name}
                </button>
                <button type="button" className="quiet" onClick={() => void remove(view)}>
                  {t('notes.remove')}
                  <span className="unseen"> {view.name}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== '') void keep();
          }}
        >
          <label>
            <span>{t('views.name')}</span>
            <input
              type="text"
              maxLength={120}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          <button type="submit" disabled={name.trim() === ''}>
            {t('views.keep')}
          </button>
        </form>
        {fault !== null && <p role="alert">{fault}</p>}
      </div>
    </details>
  );
}
