import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { send, useAnswer } from '../api.ts';
import { keptState } from '../desk.ts';
import type { Share } from '../desk.ts';
import { useReading } from '../language.tsx';
import { longDay } from '../parts/printed-heading.tsx';
import type { Search } from '../search.ts';
import { Scroll } from '../parts/scroll.tsx';

const DAYS = [7, 30, 90, 365] as const;

/** Links that show one view to who has no account: made, listed, revoked. */
export function ShareLinks({
  screen,
  state,
}: {
  readonly screen: Share['screen'];
  readonly state: Search;
}): ReactNode {
  const { t, language } = useReading();
  const queries = useQueryClient();
  const shares = useAnswer('shares').data?.shares ?? [];
  const [now] = useState(() => new Date().toISOString());
  const [name, setName] = useState('');
  const [days, setDays] = useState<number>(30);
  const [link, setLink] = useState<string | null>(null);
  const [isCopied, setCopied] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const change = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      setFault(null);
    } catch (error) {
      setFault(error instanceof Error ? error.message : t('state.unreachable'));
    }
    await queries.invalidateQueries({ queryKey: ['shares'] });
  };
  const make = (): Promise<void> =>
    change(async () => {
      const title = name.trim() === '' ? t(`nav.${screen}`) : name.trim();
      const body = { name: title, screen, state: keptState(state), days };
      const made: unknown = await send('POST', 'shares', language, body);
      const path: unknown = typeof made === 'object' && made !== null ? Reflect.get(made, 'path') : null;
      if (typeof path === 'string') setLink(`${location.origin}${path}`);
      setCopied(false);
      setName('');
    });
  return (
    <section className="panel" aria-labelledby="links-title">
      <header>
        <h2 id="links-title">{t('shares.title')}</h2>
      </header>
      <p className="explains">{t('shares.explained')}</p>
      <form
        className="choices"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <label>
          <span>{t('shares.name')}</span>
          <input
            type="text"
            maxLength={120}
            value={name}
            placeholder={t('shares.name_example')}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label>
          <span>{t('shares.for')}</span>
          <select value={days} onChange={(event) => setDays(Number(event.target.value))}>
            {DAYS.map((each) => (
              <option key={each} value={each}>
                {t('shares.days', { days: each })}
              </option>
            ))}
          </select>
        </label>
        <button type="submit">{t('shares.make')}</button>
      </form>
      {fault !== null && <p role="alert">{fault}</p>}
      {link !== null && (
        <p className="made">
          <label>
            <span className="unseen">{t('shares.link')}</span>
            <input type="text" readOnly value={link} onFocus={(event) => event.target.select()} />
          </label>
          <button
            type="button"
            onClick={() => {
              void navigator.clipboard.writeText(link).then(() => setCopied(true));
            }}
          >
            {t(isCopied ? 'shares.copied' : 'shares.copy')}
          </button>
          <small>{t('shares.once')}</small>
        </p>
      )}
      {shares.length > 0 && (
        <Scroll>
          <table>
            <thead>
              <tr>
                {['name', 'of', 'made', 'until', 'seen'].map((column) => (
                  <th key={column} scope="col">
                    {t(`shares.column.${column}`)}
                  </th>
                ))}
                <th scope="col">
                  <span className="unseen">{t('shares.revoke')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shares.map((share) => (
                <ShareRow
                  key={share.id}
                  share={share}
                  now={now}
                  revoke={() =>
                    change(async () => void (await send('DELETE', `shares/${share.id}`, language)))
                  }
                />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

function ShareRow({
  share,
  now,
  revoke,
}: {
  readonly share: Share;
  readonly now: string;
  readonly revoke: () => Promise<void>;
}): ReactNode {
  const { t, language } = useReading();
  const [isAsking, setAsking] = useState(false);
  const day = (instant: string): string => longDay(instant.slice(0, 10), language);
  const { from, to } = share.state;
  const isOver = share.revoked_at !== null || share.expires_at < now;
  return (
    <tr className={isOver ? 'dim' : ''}>
      <th scope="row">{share.name}</th>
      <td>
        {t(`nav.${share.screen}`)}
        <small>
          {[from, to]
            .filter((each) => typeof each === 'string')
            .map((each) => (/^\d{4}-\d{2}-\d{2}$/.test(each) ? longDay(each, language) : each))
            .join(' – ')}
        </small>
      </td>
      <td>{day(share.created_at)}</td>
      <td>{share.revoked_at === null ? day(share.expires_at) : t('shares.revoked')}</td>
      <td>{share.last_seen_at === null ? t('shares.never') : day(share.last_seen_at)}</td>
      <td>
        {!isOver &&
          (isAsking ? (
            <>
              <button type="button" onClick={() => void revoke()}>
                {t('shares.revoke_for_good')}
              </button>{' '}
              <button type="button" className="quiet" onClick={() => setAsking(false)}>
                {t('notes.cancel')}
              </button>
            </>
          ) : (
            <button type="button" className="quiet" onClick={() => setAsking(true)}>
              {t('shares.revoke')}
            </button>
          ))}
      </td>
    </tr>
  );
}
