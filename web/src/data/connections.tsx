import { useState } from 'react';
import type { ReactNode } from 'react';
import { Scroll } from '../parts/scroll.tsx';
import { Nothing } from '../parts/states.tsx';
import type { View } from '../parts/use-view.ts';
import type { Source } from './answers.ts';
import { LiveSources } from './live-sources.tsx';
import { SourcesFrame } from './sources-frame.tsx';
import { SyncNow } from './sync.tsx';
import { Tokens } from './tokens.tsx';
import { ago } from './when.ts';
import { useWords } from './words.ts';

/** What brings data in by itself: forms, Meta, programs with a token, databases and taps. */
export function ConnectionsScreen(): ReactNode {
  const { w } = useWords();
  return (
    <SourcesFrame>
      {(sources, view) => (
        <>
          <h1>{w('connections.title')}</h1>
          <p className="explains">{w('connections.explained')}</p>
          <LiveSources sources={sources.filter(({ kind }) => kind === 'form' || kind === 'meta')} />
          <Tokens view={view} />
          <Taps
            sources={sources.filter(({ kind }) => ['tap', 'postgresql', 'mysql'].includes(kind))}
            view={view}
          />
        </>
      )}
    </SourcesFrame>
  );
}

const EXAMPLE = `kind: postgresql
address: { env: CRM_URL }
streams:
  - name: leads
    query: select id as lead_id, created_at, zone, phone, updated_at from crm.leads
    key: [lead_id]
    incremental: updated_at`;

function Taps({ sources, view }: { readonly sources: readonly Source[]; readonly view: View }): ReactNode {
  const { w, language } = useWords();
  const [now] = useState(() => Date.now());
  return (
    <section className="panel" aria-labelledby="taps-title">
      <header>
        <h2 id="taps-title">{w('taps.title')}</h2>
      </header>
      {sources.length === 0 ? (
        <Nothing>{w('taps.none')}</Nothing>
      ) : (
        <ul className="taps">
          {sources.map((source) => (
            <li key={source.name}>
              <strong>{source.name}</strong> <small>{w(`sources.kind.${source.kind}`)}</small>
              <p>
                {source.synced_at === null ? (
                  w('sources.never_synced')
                ) : (
                  <time dateTime={source.synced_at} title={view.format.instant(source.synced_at)}>
                    {w('sources.synced', { when: ago(source.synced_at, language, now) })}
                  </time>
                )}
              </p>
              {source.problem !== null && <p className="wrong">{source.problem}</p>}
              {source.command !== null && <SyncNow source={source} view={view} />}
              {source.command !== null && <small>{w('sources.sync', { command: source.command })}</small>}
            </li>
          ))}
        </ul>
      )}
      <p className="explains">{w('taps.explained')}</p>
      <Scroll>
        <pre>{EXAMPLE}</pre>
      </Scroll>
      <p className="explains">{w('taps.then')}</p>
      <pre>tregua sync crm</pre>
      <p className="explains">{w('taps.guide')}</p>
    </section>
  );
}
