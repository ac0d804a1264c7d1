import type { ReactNode } from 'react';
import type { AgreementForm } from '../../../src/core/agreement/form.ts';
import { useBuilder } from './builder-context.ts';
import { MEMBERS } from './comparisons.ts';
import { Choice, FaultsAt } from './controls.tsx';
import { AddCriterion, CriterionCard } from './criterion-card.tsx';

/** What a lead is lost by, and where the reason is told. */
export function LostCards(): ReactNode {
  const { t, form } = useBuilder();
  const { lost } = form;
  return (
    <section aria-labelledby="builder-lost">
      <h3 id="builder-lost">{t('builder.lost')}</h3>
      <ul className="criteria">
        {lost.map((rule, at) => (
          <CriterionCard
            key={rule.id}
            level={4}
            list={['lost']}
            at={at}
            taken={lost.map(({ id }) => id)}
            criterion={rule}
          >
            <LostReason lost={rule} at={at} />
          </CriterionCard>
        ))}
      </ul>
      <AddCriterion list={['lost']} criteria={lost} />
    </section>
  );
}

const NONE = 'none';

function LostReason({
  lost,
  at,
}: {
  readonly lost: AgreementForm['lost'][number];
  readonly at: number;
}): ReactNode {
  const { t, fields, fieldLabel, edit } = useBuilder();
  const path = ['lost', at, 'reason'] as const;
  return (
    <div className="fields">
      <Choice
        label={t('builder.reason')}
        value={lost.reason ?? NONE}
        options={[
          { value: NONE, label: t('builder.reason.none') },
          ...MEMBERS.map((member) => ({
            value: `activity.${member}`,
            label: t('builder.reason.activity', { member: t(`builder.member.${member}`) }),
          })),
          ...fields
            .filter(({ pii }) => pii === null)
            .map(({ name }) => ({
              value: `lead.${name}`,
              label: t('builder.reason.lead', { field: fieldLabel(name) }),
            })),
        ]}
        onChange={(value) => edit([value === NONE ? { kind: 'remove', path } : { kind: 'set', path, value }])}
      />
      <FaultsAt path={path} />
    </div>
  );
}
