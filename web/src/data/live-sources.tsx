import { useState } from 'react';
import type { ReactNode } from 'react';
import { send } from '../api.ts';
import { Scroll } from '../parts/scroll.tsx';
import { Nothing } from '../parts/states.tsx';
import type { Source } from './answers.ts';
import { AskedTwice, sendForText, ShownOnce, useChange } from '../parts/secrets.tsx';
import { useWords } from './words.ts';

interface Made {
  readonly name: string;
  readonly kind: 'form' | 'meta';
  readonly secret: string;
  readonly isRotated: boolean;
}

/** Forms and pages of Meta that send what happens: connected, listed, given another secret, removed. */
export function LiveSources({ sources }: { readonly sources: readonly Source[] }): ReactNode {
  const { w, language } = useWords();
  const [kind, setKind] = useState<Made['kind']>('form');
  const [given, setGiven] = useState({ name: '', app_secret: '', access_token: '' });
  const [made, setMade] = useState<Made | null>(null);
  const [fault, change] = useChange('sources');
  const fields = kind === 'meta' ? (['name', 'app_secret', 'access_token'] as const) : (['name'] as const);
  const connect = (): Promise<void> =>
    change(async () => {
      const { name, ...secrets } = given;
      const body = { name: name.trim(), kind, ...(kind === 'meta' ? secrets : {}) };
      const secret = await sendForText('sources', language, 'secret', body);
      setMade({ name: name.trim(), kind, secret, isRotated: false });
      setGiven({ name: '', app_secret: '', access_token: '' });
    });
  return (
    <section className="panel" aria-labelledby="live-title">
      <header>
        <h2 id="live-title">{w('live.title')}</h2>
      </header>
      <p className="explains">{w('live.explained')}</p>
      <form
        className="choices"
        onSubmit={(event) => {
          event.preventDefault();
          void connect();
        }}
      >
        <label>
          <span>{w('live.kind')}</span>
          <select value={kind} onChange={(event) => setKind(event.target.value === 'meta' ? 'meta' : 'form')}>
            <option value="form">{w('sources.kind.form')}</option>
            <option value="meta">{w('sources.kind.meta')}</option>
          </select>
        </label>
        {fields.map((field) => (
          <label key={field}>
            <span>{w(`live.${field}`)}</span>
            <input
              type={field === 'name' ? 'text' : 'password'}
              autoComplete="off"
              required
              value={given[field]}
              placeholder={field === 'name' ? w('live.name_example') : undefined}
              onChange={(event) => setGiven({ ...given, [field]: event.target.value })}
            />
          </label>
        ))}
        <button type="submit">{w('live.add')}</button>
      </form>
      {fault !== null && <p role="alert">{fault}</p>}
      {made !== null && (
        <>
          <ShownOnce label={w('live.address')} text={`${location.origin}/v1/hooks/${made.name}`} />
          <ShownOnce label={w(`live.secret.${made.kind}`)} text={made.secret} />
          <p className="explains">
            {w('once')} {made.isRotated && w('live.rotated')}
          </p>
        </>
      )}
      {sources.length === 0 ? (
        <Nothing>{w('live.none')}</Nothing>
      ) : (
        <Scroll>
          <table>
            <thead>
              <tr>
                {['name', 'address', 'state'].map((column) => (
                  <th key={column} scope="col">
                    {w(`live.${column}`)}
                  </th>
                ))}
                <th scope="col">
                  <span className="unseen">{w('live.remove')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {sources.map((source) => (
                <tr key={source.name}>
                  <th scope="row">
                    {source.name}
                    <small>{w(`sources.kind.${source.kind}`)}</small>
                  </th>
                  <td>
                    <code>{source.path}</code>
                  </td>
                  <td>
                    {source.problem === null ? (
                      source.waiting > 0 ? (
                        w('sources.waiting', { waiting: source.waiting })
                      ) : (
                        w('live.working')
                      )
                    ) : (
                      <span className="wrong">{source.problem}</span>
                    )}
                  </td>
                  <td>
                    {source.kind === 'form' && (
                      <AskedTwice
                        label={w('live.rotate')}
                        confirm={w('live.rotate_confirm')}
                        does={() =>
                          change(async () => {
                            const path = `sources/${source.name}/secret`;
                            const secret = await sendForText(path, language, 'secret');
                            setMade({ name: source.name, kind: 'form', secret, isRotated: true });
                          })
                        }
                      />
                    )}{' '}
                    <AskedTwice
                      label={w('live.remove')}
                      confirm={w('live.remove_confirm')}
                      does={() =>
                        change(async () => void (await send('DELETE', `sources/${source.name}`, language)))
                      }
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}
