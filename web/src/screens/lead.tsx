import { Link, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { LeadAnswer } from '../../../src/core/measures/answer.ts';
import { activityText, leadStory } from '../../../src/core/measures/lead-words.ts';
import type { LeadNames } from '../../../src/core/measures/lead-words.ts';
import { useAnswer } from '../api.ts';
import { useReading } from '../language.tsx';
import { Failure, Skeleton } from '../parts/states.tsx';
import { useView } from '../parts/use-view.ts';
import type { View } from '../parts/use-view.ts';

type StageOfLead = LeadAnswer['stages'][number];
type Entry = LeadAnswer['timeline'][number];

/** One lead's story, and why it is where it is. */
export function LeadScreen(): ReactNode {
  const { t, language } = useReading();
  const { id = '' } = useParams({ strict: false });
  const state = useSearch({ strict: false });
  const view = useView();
  const lead = useAnswer(`leads/${encodeURIComponent(id)}`, {}, view !== null);
  if (lead.error) {
    return (
      <>
        <h1>{id}</h1>
        <Failure error={lead.error} retry={() => void lead.refetch()} />
      </>
    );
  }
  if (view === null || lead.data === undefined) return <Skeleton lines={10} />;
  const { data } = lead;
  const loss = data.timeline.find((entry) => entry.kind === 'lost');
  const where = data.at_stage === null ? '' : view.stage(data.at_stage);
  return (
    <article className="lead">
      <p>
        <Link to="/leads" search={state}>
          ← {t('nav.leads')}
        </Link>
      </p>
      <h1>{data.id}</h1>
      <p className="standing">
        {t(`lead.standing.${data.status}`, {
          stage: where,
          reason: loss === undefined ? t('group.missing') : lossText(loss, view),
        })}
        {data.value !== null && <> · {view.format.money(data.value)}</>}
      </p>
      <p className="told">
        {leadStory(data, namesOf(view, t, language)).map(({ owner, text }, index) => (
          <span key={index} className={owner === null ? '' : view.hue(owner)}>
            {text}{' '}
          </span>
        ))}
      </p>
      <div className="columns">
        <section aria-labelledby="why">
          <h2 id="why">{t('lead.why')}</h2>
          <ol className="stages">
            {data.stages.map((stage) => (
              <StageOfOne key={stage.id} stage={stage} view={view} />
            ))}
          </ol>
        </section>
        <section aria-labelledby="story">
          <h2 id="story">{t('lead.story')}</h2>
          <ol className="timeline">
            {data.timeline.map((entry, index) => (
              <li
                key={index}
                className={entry.kind === 'stage' ? `reached ${view.hue(entry.owner)}` : entry.kind}
              >
                <time dateTime={entry.at}>{view.format.instant(entry.at)}</time>
                <span>{entryText(entry, view, t)}</span>
              </li>
            ))}
          </ol>
        </section>
        <section aria-labelledby="data">
          <h2 id="data">{t('lead.data')}</h2>
          <dl className="attributes">
            {view.agreement.fields.map((field) => {
              const value = data.attributes[field.name];
              return (
                <div key={field.name} className={value == null ? 'dim' : ''}>
                  <dt>{field.label}</dt>
                  <dd>{value == null ? t('group.missing') : view.value(field.name, value)}</dd>
                </div>
              );
            })}
          </dl>
          {data.identities.length > 0 && (
            <>
              <h2>{t('lead.identities')}</h2>
              <dl className="attributes">
                {data.identities.map(({ id, rung, source }) => (
                  <div key={id}>
                    <dt>{t(`rung.${rung}`)}</dt>
                    <dd>{source === null ? id : t('lead.identity_from', { id, source })}</dd>
                  </div>
                ))}
              </dl>
            </>
          )}
        </section>
      </div>
    </article>
  );
}

function namesOf(view: View, translate: LeadNames['translate'], language: LeadNames['language']): LeadNames {
  const { agreement } = view;
  return {
    language,
    timezone: agreement.timezone,
    translate,
    format: view.format,
    stage: (id) => view.stage(id),
    area: (id) => view.area(id),
    field: (name) => agreement.fields.find((each) => each.name === name)?.label ?? name,
    criterion: (stage, id) =>
      agreement.stages.find((each) => each.id === stage)?.criteria.find((each) => each.id === id)?.label ??
      id,
    loss: (rule) => agreement.lost.find((each) => each.id === rule)?.label ?? rule,
  };
}

/** A stage in a sentence, with its criteria: passed, failed, or could not be told and who owed the datum. */
function StageOfOne({ stage, view }: { readonly stage: StageOfLead; readonly view: View }): ReactNode {
  const { t } = useReading();
  const described = view.agreement.stages.find((each) => each.id === stage.id);
  const name = view.stage(stage.id);
  const sentence =
    stage.reached_at !== null
      ? t('lead.stage.reached', { stage: name, at: view.format.instant(stage.reached_at) })
      : stage.late
        ? t('lead.stage.late', { stage: name })
        : stage.pending_until !== null
          ? t('lead.stage.pending', { stage: name, until: view.format.instant(stage.pending_until) })
          : stage.skipped
            ? t('lead.stage.skipped', { stage: name })
            : t('lead.stage.not', { stage: name });
  return (
    <li className={`${view.hue(stage.owner)} ${stage.reached_at === null ? 'not' : ''}`}>
      <p>
        <strong>{sentence}</strong> <small>{view.area(stage.owner)}</small>
      </p>
      <ul>
        {stage.criteria.map((criterion) => {
          const label = described?.criteria.find((each) => each.id === criterion.id);
          const missing = criterion.missing.map(
            (field) => view.agreement.fields.find((each) => each.name === field)?.label ?? field,
          );
          return (
            <li key={criterion.id} className={criterion.value}>
              <span aria-hidden="true">
                {criterion.value === 'true' ? '✓' : criterion.value === 'false' ? '✗' : '?'}
              </span>{' '}
              {label?.label ?? criterion.id}: {t(`criterion.${criterion.value}`)}
              {criterion.value === 'unknown' && missing.length > 0 && (
                <> {t('criterion.owed', { fields: missing.join(', '), area: view.area(stage.owner) })}</>
              )}
              {label && <small>{label.words}</small>}
            </li>
          );
        })}
        {stage.criteria.length === 0 && <li className="true">{t('agreement.screen.every')}</li>}
      </ul>
    </li>
  );
}

/** Why a lead was lost: the reason that was given, else the rule that says so. */
function lossText({ rule, reason }: Extract<Entry, { kind: 'lost' }>, view: View): string {
  return reason ?? view.agreement.lost.find((each) => each.id === rule)?.label ?? rule;
}

function entryText(entry: Entry, view: View, t: ReturnType<typeof useReading>['t']): string {
  switch (entry.kind) {
    case 'stage':
      return view.stage(entry.stage);
    case 'lost':
      return t('lead.entry.lost', { reason: lossText(entry, view) });
    case 'activity': {
      const amount = entry.amount === null ? null : view.format.money(entry.amount);
      return [activityText(entry, t), entry.seller, amount, entry.reason]
        .filter((text) => text !== null && text !== '')
        .join(' · ');
    }
    case 'version':
      return Object.entries(entry.changes)
        .map(
          ([name, { to }]) =>
            `${view.agreement.fields.find((field) => field.name === name)?.label ?? name}: ${to === null ? t('group.missing') : view.value(name, to)}`,
        )
        .join(' · ');
  }
}
