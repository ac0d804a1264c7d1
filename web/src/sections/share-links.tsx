import { useState } from 'react';
import type { ReactNode } from 'react';
import { send, useAnswer } from '../api.ts';
import { keptState } from '../desk.ts';
import type { Share } from '../desk.ts';
import { useReading } from '../language.tsx';
import { longDay } from '../parts/dates.ts';
import { useLocalDay } from '../parts/local-day.ts';
import type { Search } from '../search.ts';
import { Scroll } from '../parts/scroll.tsx';
import { AskedTwice, sendForText, ShownOnce, useChange } from '../parts/secrets.tsx';

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
  const shares = useAnswer('shares').data?.shares ?? [];
  const [now] = useState(() => new Date().toISOString());
  const [name, setName] = useState('');
  const [days, setDays] = useState<number>(30);
  const [link, setLink] = useState<string | null>(null);
  const [fault, change] = useChange('shares');
  const make = (): Promise<void> =>
    change(async () => {
      const title = name.trim() === '' ? t(`nav.${screen}`) : name.trim();
      const body = { name: title, screen, state: keptState(state), days };
      setLink(`${location.origin}${await sendForText('shares', language, 'path', body)}`);
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
        <ShownOnce key={link} label={<span className="unseen">{t('shares.link')}</span>} text={link}>
          <small>{t('shares.once')}</small>
        </ShownOnce>
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
  const day = useLocalDay();
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
        {!isOver && (
          <AskedTwice label={t('shares.revoke')} confirm={t('shares.revoke_for_good')} does={revoke} />
        )}
      </td>
    </tr>
  );
}
