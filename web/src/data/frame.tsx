import { useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useAnswer } from '../api.ts';
import { Link } from '../parts/link.tsx';
import { OF_DATA } from '../search.ts';
import { useWords } from './words.ts';
import './data.css';

const PARTS = [
  { to: '/data', label: 'data.sources' },
  { to: '/data/import', label: 'data.import' },
  { to: '/data/rejects', label: 'data.rejects' },
  { to: '/identity', label: 'data.identity' },
  { to: '/data/connections', label: 'data.connections' },
] as const;

/** The parts of Data, with how much there is to do in each, above one of them. */
export function DataFrame({ children }: { readonly children: ReactNode }): ReactNode {
  const { w } = useWords();
  const sources = useAnswer('sources');
  const identity = useAnswer('identity');
  const state = useSearch({ strict: false });
  const open = sources.data?.sources.reduce((sum, each) => sum + each.open_rejects, 0) ?? 0;
  const doubtful = identity.data?.doubtful ?? 0;
  const parts = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the parts scroll: the one that is shown stays in sight.
    const shown = parts.current?.querySelector('[aria-current]');
    shown?.scrollIntoView({ inline: 'center', block: 'nearest' });
  });
  const todo: Readonly<Record<string, number>> = {
    '/data/rejects': open,
    '/identity': doubtful,
  };
  return (
    <div className="data">
      <nav ref={parts} className="parts" aria-label={w('data.sections')}>
        {PARTS.map(({ to, label }) => (
          <Link
            key={to}
            to={to}
            search={{ ...state, ...OF_DATA }}
            activeOptions={{ exact: true, includeSearch: false }}
          >
            {w(label)}
            {(todo[to] ?? 0) > 0 && (
              <>
                {' '}
                <span className="todo">{w('data.count', { count: todo[to] })}</span>
              </>
            )}
          </Link>
        ))}
      </nav>
      {children}
    </div>
  );
}
