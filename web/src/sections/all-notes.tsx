import type { ReactNode } from 'react';
import { useAnswer } from '../api.ts';
import type { Note } from '../desk.ts';
import { useReading } from '../language.tsx';
import { Link } from '../parts/link.tsx';
import { useLocalDay } from '../parts/local-day.ts';
import { noteContext } from '../parts/notes.tsx';
import { Nothing } from '../parts/states.tsx';
import { readSearch } from '../search.ts';

/** Every note, each with the chart that it is on as it was asked then. */
export function AllNotes(): ReactNode {
  const { t, language } = useReading();
  const dayOf = useLocalDay();
  const notes = useAnswer('notes').data?.notes ?? [];
  const chartOf = ({ chart }: Note): string => t(`chart.name.${chart.split(':')[0] ?? ''}`);
  return (
    <section className="panel" aria-labelledby="notes-title">
      <header>
        <h2 id="notes-title">{t('notes.title')}</h2>
      </header>
      {notes.length === 0 ? (
        <Nothing>{t('notes.none')}</Nothing>
      ) : (
        <div className="notes">
          <ul>
            {notes.map((note) => (
              <li key={note.id}>
                <p>{note.text}</p>
                <small>
                  <Link
                    to={note.chart.startsWith('breakdown') ? '/breakdowns' : '/'}
                    search={readSearch(note.state)}
                  >
                    {chartOf(note)}
                  </Link>{' '}
                  · {noteContext(note, t, language, dayOf)}
                </small>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
