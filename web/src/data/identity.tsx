import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { IdentityPair, IdentityReport, PairedId } from '../../../src/core/identity/report.ts';
import { RUNGS } from '../../../src/core/identity/rungs.ts';
import { decideIdentity, useAnswer } from '../api.ts';
import { useReading } from '../language.tsx';
import { Failure, Nothing, Skeleton } from '../parts/states.tsx';
import { DataFrame } from './frame.tsx';
import { useView } from '../parts/use-view.ts';
import type { View } from '../parts/use-view.ts';

/** Whose the records of other systems are, and the pairs that somebody has to decide. */
export function IdentityScreen(): ReactNode {
  const { t } = useReading();
  const view = useView();
  const identity = useAnswer('identity', {}, view !== null);
  if (identity.error)
    return (
      <DataFrame>
        <Failure error={identity.error} retry={() => void identity.refetch()} />
      </DataFrame>
    );
  if (view === null || identity.data === undefined)
    return (
      <DataFrame>
        <Skeleton lines={10} />
      </DataFrame>
    );
  const { data } = identity;
  const isPlain = data.ids === 0 && data.confirmed + data.rejected === 0;
  const joined = Object.values(data.joined).reduce((sum, count) => sum + count, 0);
  return (
    <DataFrame>
      <article className="identity">
        <h1>{isPlain ? t('nav.identity') : t('identity.summary', { ids: data.ids, joined })}</h1>
        <p className="lead-in">{t('identity.what')}</p>
        {isPlain ? (
          <Nothing>{t('identity.none')}</Nothing>
        ) : (
          <div className="columns">
            <section aria-labelledby="pairs">
              <h2 id="pairs">{t('identity.doubtful', { count: data.doubtful })}</h2>
              <ol className="pairs">
                {data.pairs.map((pair) => (
                  <PairOfTwo key={`${pair.source.id} ${pair.lead.id}`} pair={pair} view={view} />
                ))}
              </ol>
              {data.doubtful > data.pairs.length && (
                <p className="dim">{t('identity.more', { count: data.doubtful - data.pairs.length })}</p>
              )}
            </section>
            <section aria-labelledby="rungs">
              <h2 id="rungs">{t('identity.by')}</h2>
              <Rungs data={data} view={view} />
              {data.country === null && <p className="dim">{t('identity.no_country')}</p>}
            </section>
          </div>
        )}
      </article>
    </DataFrame>
  );
}

function Rungs({ data, view }: { readonly data: IdentityReport; readonly view: View }): ReactNode {
  const { t } = useReading();
  const rows = [
    ...RUNGS.flatMap((rung) => {
      const count = data.joined[rung];
      return count === undefined ? [] : [{ id: rung, label: t(`rung.${rung}`), count }];
    }),
    ...(data.alone > 0 ? [{ id: 'alone', label: t('identity.alone'), count: data.alone }] : []),
    ...(data.waiting > 0 ? [{ id: 'waiting', label: t('identity.waiting'), count: data.waiting }] : []),
  ];
  return (
    <table className="rungs">
      <tbody>
        {rows.map(({ id, label, count }) => (
          <tr key={id} className={id === 'waiting' ? 'dim' : ''}>
            <th scope="row">{label}</th>
            <td className="number">{view.format.count(count)}</td>
            <td className="number dim">{view.format.percent(data.ids === 0 ? null : count / data.ids)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Two ids side by side, with what they share, to say whether they are one lead's. */
function PairOfTwo({ pair, view }: { readonly pair: IdentityPair; readonly view: View }): ReactNode {
  const { t } = useReading();
  const client = useQueryClient();
  const decision = useMutation({
    mutationFn: (verdict: 'confirm' | 'reject') =>
      decideIdentity({ source_id: pair.source.id, lead_id: pair.lead.id, verdict }),
    // Every figure may hang on it.
    onSuccess: () => client.invalidateQueries(),
  });
  return (
    <li>
      <p>{t(`doubt.${pair.doubt}`, { key: t(`key.${pair.rung}`) })}</p>
      <div className="two">
        <SideOfTwo side={pair.lead} other={pair.source} view={view} />
        <SideOfTwo side={pair.source} other={pair.lead} view={view} />
      </div>
      <p className="actions">
        <button type="button" disabled={decision.isPending} onClick={() => decision.mutate('confirm')}>
          {t('identity.confirm')}
        </button>
        <button type="button" disabled={decision.isPending} onClick={() => decision.mutate('reject')}>
          {t('identity.reject')}
        </button>
        {decision.error && <span role="alert">{decision.error.message}</span>}
      </p>
    </li>
  );
}

function SideOfTwo({
  side,
  other,
  view,
}: {
  readonly side: PairedId;
  readonly other: PairedId;
  readonly view: View;
}): ReactNode {
  const { t } = useReading();
  const state = useSearch({ strict: false });
  const fields = view.agreement.fields.filter(({ name }) => side.contact[name] ?? other.contact[name]);
  return (
    <dl>
      <div className="whose">
        <dt>{side.source ?? t('identity.unknown_source')}</dt>
        <dd>
          <Link to="/leads/$id" params={{ id: side.id }} search={state}>
            {side.id}
          </Link>
        </dd>
      </div>
      {side.at !== null && (
        <div>
          <dt>{t('identity.at')}</dt>
          <dd>{view.format.instant(side.at)}</dd>
        </div>
      )}
      {fields.map((field) => (
        <div key={field.name} className={side.contact[field.name] === undefined ? 'dim' : ''}>
          <dt>{field.label}</dt>
          <dd>{side.contact[field.name] ?? t('group.missing')}</dd>
        </div>
      ))}
    </dl>
  );
}
