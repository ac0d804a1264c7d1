import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useAnswer } from '../api.ts';
import type { AgreementVersion } from '../api.ts';
import { useReading } from '../language.tsx';
import type { View } from '../parts/use-view.ts';
import { Failure, Skeleton } from '../parts/states.tsx';
import { post } from '../post.ts';
import { Differences, DraftPreview } from './draft-preview.tsx';
import { useJudged } from './judged.ts';

/** Every version of the agreement, the newest first: from when it holds, why, and who signed it. */
export function AgreementVersions({ view }: { readonly view: View }): ReactNode {
  const { t } = useReading();
  const { data } = useAnswer('agreement/versions');
  if (data === undefined) return null;
  return (
    <section className="versions" aria-labelledby="versions">
      <h2 id="versions">{t('versions.title')}</h2>
      <ol>
        {data.versions.toReversed().map((version) => (
          <VersionOf key={version.version} version={version} view={view} />
        ))}
      </ol>
    </section>
  );
}

function VersionOf({
  version,
  view,
}: {
  readonly version: AgreementVersion;
  readonly view: View;
}): ReactNode {
  const { t } = useReading();
  const { state, from, to, note, signatures, unsigned } = version;
  const isOpen = state === 'proposed' || state === 'in_force' || state === 'upcoming';
  const decided = signatures.some(({ area }) => area === null);
  return (
    <li className={isOpen ? '' : 'dim'}>
      <p>
        <strong>{t('versions.version', { version: version.version })}</strong>{' '}
        <span className="state">{t(`versions.${state}`)}</span>{' '}
        {state !== 'withdrawn' && t('versions.span', { from: from ?? 'none', to: to ?? 'none' })}
      </p>
      {note !== null && <p>{note}</p>}
      {signatures.map((signature) => (
        <p key={`${signature.area ?? ''} ${signature.signed_at}`} className="dim">
          ✓{' '}
          {t(signature.area === null ? 'versions.decided' : 'versions.signed', {
            name: signature.name,
            area: signature.area === null ? '' : view.area(signature.area),
            at: view.format.instant(signature.signed_at),
            reason: signature.reason,
          })}
        </p>
      ))}
      {version.version > 1 && <Changes version={version} view={view} />}
      {isOpen && !decided && unsigned.length > 0 && <Sign version={version} view={view} />}
    </li>
  );
}

/** What a version changes of the one that it followed; of a proposal also what it would do to the numbers. */
function Changes({
  version: { version, state },
  view,
}: {
  readonly version: AgreementVersion;
  readonly view: View;
}): ReactNode {
  const { t } = useReading();
  const [isOpen, setOpen] = useState(false);
  const isProposed = state === 'proposed';
  return (
    <details className="changes-of" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t(isProposed ? 'versions.would_change' : 'versions.changed')}</summary>
      {isOpen &&
        (isProposed ? <Proposed version={version} view={view} /> : <Changed version={version} view={view} />)}
    </details>
  );
}

function Changed({ version, view }: { readonly version: number; readonly view: View }): ReactNode {
  const found = useAnswer(`agreement/versions/${version}/differences`);
  if (found.error) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton lines={2} />;
  return <Differences differences={found.data.differences} view={view} />;
}

function Proposed({ version, view }: { readonly version: number; readonly view: View }): ReactNode {
  const text = useAnswer(`agreement/versions/${version}`).data?.text;
  const judged = useJudged(text ?? '', text !== undefined);
  if (judged.error) return <Failure error={judged.error} retry={() => void judged.refetch()} />;
  if (judged.data === undefined) return <Skeleton lines={4} />;
  return (
    <div className="preview">
      <DraftPreview judged={judged.data} view={view} />
    </div>
  );
}

/** The areas that have not signed, each by the name of who does; or the direction instead of them, with a reason. */
function Sign({ version, view }: { readonly version: AgreementVersion; readonly view: View }): ReactNode {
  const { t, language } = useReading();
  const client = useQueryClient();
  const [area, setArea] = useState(version.unsigned[0] ?? '');
  const [name, setName] = useState('');
  const [reason, setReason] = useState('');
  const path = `agreement/versions/${version.version}`;
  const refresh = (): Promise<void> => client.invalidateQueries();
  const signature = useMutation({
    mutationFn: () =>
      post(`${path}/signatures`, language, {
        area: area === '' ? null : area,
        name,
        ...(area === '' ? { reason } : {}),
      }),
    onSuccess: refresh,
  });
  const withdrawal = useMutation({
    mutationFn: () => post(`${path}/withdrawal`, language, {}),
    onSuccess: refresh,
  });
  return (
    <form
      className="sign"
      onSubmit={(event) => {
        event.preventDefault();
        signature.mutate();
      }}
    >
      <label>
        {t('versions.who')}
        <select value={area} onChange={(event) => setArea(event.target.value)}>
          {version.unsigned.map((id) => (
            <option key={id} value={id}>
              {view.area(id)}
            </option>
          ))}
          <option value="">{t('versions.direction')}</option>
        </select>
      </label>
      <label>
        {t('versions.name')}
        <input required value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
      </label>
      {area === '' && (
        <label>
          {t('versions.reason')}
          <input
            required
            value={reason}
            maxLength={2000}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
      )}
      <button type="submit" disabled={signature.isPending}>
        {t('versions.sign')}
      </button>
      {version.state === 'proposed' && (
        <button type="button" disabled={withdrawal.isPending} onClick={() => withdrawal.mutate()}>
          {t('versions.withdraw')}
        </button>
      )}
      {[signature.error, withdrawal.error].map(
        (error) =>
          error && (
            <span key={error.message} role="alert">
              {error.message}
            </span>
          ),
      )}
    </form>
  );
}
