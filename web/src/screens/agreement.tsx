import type { ReactNode } from 'react';
import type { Agreement } from '../api.ts';
import { goalValue } from '../../../src/core/measures/target-words.ts';
import { useReading } from '../language.tsx';
import { Skeleton } from '../parts/states.tsx';
import { useView } from '../parts/use-view.ts';
import type { View } from '../parts/use-view.ts';
import { AgreementDraft } from '../sections/agreement-draft.tsx';
import { AgreementVersions } from '../sections/agreement-versions.tsx';
import { Owners } from '../sections/owners.tsx';
import { CriterionStrength, MissingData, StrengthIntro, useStrength } from '../sections/criteria.tsx';
import type { Strength } from '../sections/criteria.tsx';

type Stage = Agreement['stages'][number];

/** What both areas signed: stages, criteria, owners. */
export function AgreementScreen(): ReactNode {
  const { t } = useReading();
  const view = useView();
  const strength = useStrength(view);
  if (view === null) return <Skeleton lines={12} />;
  const { agreement } = view;
  return (
    <article className="agreement">
      <h1>{agreement.name}</h1>
      <p className="explains">
        {t('agreement.screen.version', {
          version: agreement.version,
          timezone: agreement.timezone.replaceAll('_', ' '),
          currency: agreement.currency,
        })}{' '}
        <button
          type="button"
          className="link"
          onClick={() => document.getElementById('draft')?.scrollIntoView()}
        >
          {t('draft.title')}
        </button>
      </p>
      <Owners view={view} />
      <StrengthIntro strength={strength} view={view} />
      <div className="signed">
        <div>
          <ol className="pact">
            {agreement.stages.map((stage) => (
              <StageOf key={stage.id} stage={stage} strength={strength} view={view} />
            ))}
          </ol>
          {agreement.lost.length > 0 && (
            <section>
              <h2>{t('agreement.screen.lost')}</h2>
              <ul className="rules">
                {agreement.lost.map((rule) => (
                  <RuleOf key={rule.id} rule={rule} />
                ))}
              </ul>
            </section>
          )}
        </div>
        <div className="promises">
          {agreement.targets.length > 0 && (
            <section>
              <h2>{t('agreement.screen.targets')}</h2>
              <ul className="plain">
                {agreement.targets.map((target) => (
                  <li key={target.id} className={view.hue(target.owner)}>
                    <strong>{target.label}</strong>{' '}
                    {t(`target.${target.bound}`, {
                      goal: goalValue(target.kind, target.goal, view),
                      per: t(`per.${target.per}`),
                    })}
                    <small>
                      {view.area(target.owner)}
                      {target.where !== null && ` · ${t('targets.only', { rule: target.where })}`}
                    </small>
                  </li>
                ))}
              </ul>
            </section>
          )}
          {agreement.handoffs.length > 0 && (
            <section>
              <h2>{t('agreement.screen.handoffs')}</h2>
              <ul className="plain">
                {agreement.handoffs.map((handoff) => (
                  <li key={handoff.id} className={view.hue(handoff.owner)}>
                    <strong>{handoff.label}</strong>{' '}
                    {t('handoff.text', {
                      stage: view.stage(handoff.from),
                      span: view.format.span(handoff.within_seconds),
                      hours: handoff.working_hours ? 'working' : 'calendar',
                    })}
                    <small>{view.area(handoff.owner)}</small>
                  </li>
                ))}
              </ul>
            </section>
          )}
          <section>
            <h2>{t('agreement.screen.fields')}</h2>
            <ul className="plain">
              {agreement.fields.map((field) => (
                <li key={field.name}>
                  <strong>{field.label}</strong> {t(`type.${field.type}`)}
                  {field.pii !== null && <small>{t('agreement.screen.personal')}</small>}
                </li>
              ))}
            </ul>
          </section>
        </div>
      </div>
      <AgreementVersions view={view} />
      <AgreementDraft view={view} />
    </article>
  );
}

function RuleOf({
  rule,
  children,
}: {
  readonly rule: Stage['criteria'][number];
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <li>
      <strong>{rule.label}</strong>
      <span>{rule.words}</span>
      <code>{rule.rule}</code>
      {children}
    </li>
  );
}

function StageOf({
  stage,
  strength,
  view,
}: {
  readonly stage: Stage;
  readonly strength: Strength;
  readonly view: View;
}): ReactNode {
  const { t } = useReading();
  const notes = [
    stage.kind === 'measured' ? t(`agreement.screen.measured.${stage.from ?? 'impressions'}`) : null,
    stage.kind === 'reached' && stage.criteria.length === 0 ? t('agreement.screen.every') : null,
    stage.within_seconds === null
      ? null
      : t('agreement.screen.within', { span: view.format.span(stage.within_seconds) }),
    stage.kind === 'reached' && !stage.requires_previous ? t('agreement.screen.requires_none') : null,
    stage.value ? t('agreement.screen.value') : null,
  ].filter((note) => note !== null);
  return (
    <li className={view.hue(stage.owner)}>
      <header>
        <h2>{stage.label}</h2>
        <span className="owner">{view.area(stage.owner)}</span>
      </header>
      {stage.criteria.length > 0 && (
        <ul className="rules">
          {stage.criteria.map((rule) => (
            <RuleOf key={rule.id} rule={rule}>
              <CriterionStrength strength={strength} stage={stage.id} criterion={rule.id} view={view} />
            </RuleOf>
          ))}
        </ul>
      )}
      <MissingData strength={strength} stage={stage.id} view={view} />
      {notes.map((note) => (
        <p key={note} className="explains">
          {note}
        </p>
      ))}
    </li>
  );
}
