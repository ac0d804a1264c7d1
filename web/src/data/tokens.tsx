import { useState } from 'react';
import type { ReactNode } from 'react';
import { ApiError, send, useAnswer } from '../api.ts';
import { Scroll } from '../parts/scroll.tsx';
import { Nothing, Skeleton } from '../parts/states.tsx';
import type { View } from '../parts/use-view.ts';
import type { Token } from './answers.ts';
import { AskedTwice, sendForText, ShownOnce, useChange } from '../parts/secrets.tsx';
import { ago } from './when.ts';
import { useWords } from './words.ts';

const SCOPES = ['leads:write', 'activities:write', 'ads:write', 'read'] as const;

/** Tokens of programs: made, listed without their text, revoked. */
export function Tokens({ view }: { readonly view: View }): ReactNode {
  const { w, language } = useWords();
  const tokens = useAnswer('tokens');
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly string[]>(['leads:write', 'activities:write']);
  const [text, setText] = useState<string | null>(null);
  const [fault, change] = useChange('tokens');
  const isClosed = tokens.error instanceof ApiError && tokens.error.code === 'server.forbidden_caller';
  const told = tokens.data?.tokens;
  return (
    <section className="panel" aria-labelledby="tokens-title">
      <header>
        <h2 id="tokens-title">{w('tokens.title')}</h2>
      </header>
      <p className="explains">{w(isClosed ? 'connections.closed' : 'tokens.explained')}</p>
      {!isClosed && (
        <form
          className="choices"
          onSubmit={(event) => {
            event.preventDefault();
            void change(async () => {
              setText(await sendForText('tokens', language, 'token', { name: name.trim(), scopes }));
              setName('');
            });
          }}
        >
          <label>
            <span>{w('tokens.name')}</span>
            <input
              type="text"
              required
              maxLength={80}
              value={name}
              placeholder={w('tokens.name_example')}
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          <fieldset className="scopes">
            <legend>{w('tokens.may')}</legend>
            {SCOPES.map((scope) => (
              <label key={scope}>
                <input
                  type="checkbox"
                  checked={scopes.includes(scope)}
                  onChange={(event) =>
                    setScopes(
                      SCOPES.filter((each) =>
                        each === scope ? event.target.checked : scopes.includes(each),
                      ),
                    )
                  }
                />
                {w(`tokens.scope.${scope}`)}
              </label>
            ))}
          </fieldset>
          <button type="submit" disabled={scopes.length === 0}>
            {w('tokens.make')}
          </button>
        </form>
      )}
      {fault !== null && <p role="alert">{fault}</p>}
      {text !== null && (
        <>
          <ShownOnce label={w('tokens.text')} text={text} />
          <p className="explains">{w('once')}</p>
        </>
      )}
      {isClosed ? null : tokens.error ? (
        <p role="alert">{tokens.error.message}</p>
      ) : told === undefined ? (
        <Skeleton lines={3} />
      ) : told.length === 0 ? (
        <Nothing>{w('tokens.none')}</Nothing>
      ) : (
        <TokenTable
          tokens={told}
          view={view}
          revoke={(id) => change(async () => void (await send('DELETE', `tokens/${id}`, language)))}
        />
      )}
    </section>
  );
}

function TokenTable({
  tokens,
  view,
  revoke,
}: {
  readonly tokens: readonly Token[];
  readonly view: View;
  readonly revoke: (id: string) => Promise<void>;
}): ReactNode {
  const { w, language } = useWords();
  const [now] = useState(() => Date.now());
  return (
    <Scroll>
      <table>
        <thead>
          <tr>
            {['name', 'may', 'made', 'used'].map((column) => (
              <th key={column} scope="col">
                {w(`tokens.${column}`)}
              </th>
            ))}
            <th scope="col">
              <span className="unseen">{w('tokens.revoke')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.id} className={token.revoked_at === null ? '' : 'dim'}>
              <th scope="row">{token.name}</th>
              <td>{token.scopes.map((scope) => w(`tokens.scope.${scope}`)).join(', ')}</td>
              <td>{view.format.instant(token.created_at)}</td>
              <td>
                {token.last_used_at === null ? w('tokens.never') : ago(token.last_used_at, language, now)}
              </td>
              <td>
                {token.revoked_at === null ? (
                  <AskedTwice
                    label={w('tokens.revoke')}
                    confirm={w('tokens.revoke_confirm')}
                    does={() => revoke(token.id)}
                  />
                ) : (
                  w('tokens.revoked')
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
