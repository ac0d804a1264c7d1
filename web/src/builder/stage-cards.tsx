import type { ReactNode } from 'react';
import { labelIn } from '../../../src/core/agreement/view.ts';
import type { AgreementForm } from '../../../src/core/agreement/form.ts';
import type { TextEdit } from '../../../src/core/agreement/text-edit.ts';
import { freeId, useBuilder } from './builder-context.ts';
import { Choice, FaultsAt, secondsOf, SpanInput } from './controls.tsx';
import { Foldable } from './foldable.tsx';
import { AddCriterion, CriterionCard } from './criterion-card.tsx';
import { IdField } from './id-field.tsx';
import { NameInput } from './name-input.tsx';
import { StageValue } from './stage-value.tsx';

type Stage = AgreementForm['funnel'][number];

/** The stages in order, each with its owner, its criteria, and when it counts. */
export function StageCards(): ReactNode {
  const { form, t } = useBuilder();
  return (
    <section aria-labelledby="builder-stages">
      <h3 id="builder-stages">{t('builder.stages')}</h3>
      <ol className="stage-cards">
        {form.funnel.map((stage, at) => (
          <StageCard key={stage.id} stage={stage} at={at} />
        ))}
      </ol>
      <AddMeasured />
      <FaultsAt path={['funnel']} />
    </section>
  );
}

const MEASURED = ['ads.impressions', 'ads.clicks'] as const;

function measuredName(from: string): 'impressions' | 'clicks' {
  return from === 'ads.clicks' ? 'clicks' : 'impressions';
}

/** Stages that the platforms count, which stand before all others. */
function AddMeasured(): ReactNode {
  const { form, t, language, areas, edit } = useBuilder();
  const left = MEASURED.filter((from) => form.funnel.every((stage) => stage.from !== from));
  if (left.length === 0) return null;
  const add = (from: (typeof MEASURED)[number]): void => {
    const id = freeId(
      measuredName(from),
      form.funnel.map((each) => each.id),
    );
    const label = t(`builder.measured_name.${measuredName(from)}`);
    const value = { id, from, owner: areas[0]?.id ?? '', label: { [language]: label } };
    // Impressions come before clicks.
    const at =
      from === 'ads.impressions' ? 0 : form.funnel.filter((stage) => stage.from !== undefined).length;
    edit([{ kind: 'insert', path: ['funnel'], at, value }]);
  };
  return (
    <p className="actions">
      <span>{t('builder.add_measured')}:</span>
      {left.map((from) => (
        <button key={from} type="button" onClick={() => add(from)}>
          {t(`builder.measured_name.${measuredName(from)}`)}
        </button>
      ))}
    </p>
  );
}

function StageCard({ stage, at }: { readonly stage: Stage; readonly at: number }): ReactNode {
  const { form, t, format, language, hue, areas, edit } = useBuilder();
  const path = ['funnel', at] as const;
  const name = labelIn(stage.id, stage.label ?? {}, language);
  const criteria = stage.criteria ?? [];
  const isMeasured = stage.from !== undefined;
  const sameKind = (other: Stage | undefined): boolean => (other?.from !== undefined) === isMeasured;
  const addAfter = (): void => {
    const id = freeId(
      t('builder.new_stage'),
      form.funnel.map((each) => each.id),
    );
    const value = { id, label: { [language]: t('builder.new_stage') }, owner: stage.owner };
    edit([{ kind: 'insert', path: ['funnel'], at: at + 1, value }]);
  };
  const limit =
    stage.within === undefined
      ? null
      : t('builder.limited_to', { span: format.span(secondsOf(stage.within)) });
  const says = [
    areas.find(({ id }) => id === stage.owner)?.label ?? stage.owner,
    stage.from === undefined ? null : t(`builder.measured.${measuredName(stage.from)}`),
    !isMeasured && criteria.length === 0 ? t('builder.every') : null,
    limit,
    stage.requires === 'none' ? t('builder.requires_none') : null,
    stage.value === undefined ? null : t('builder.carries_value'),
  ];
  return (
    <Foldable
      level={4}
      list={['funnel']}
      at={at}
      count={form.funnel.length}
      id={stage.id}
      name={name}
      title={`${at + 1}. ${name}`}
      says={says.filter((each) => each !== null).join(' · ')}
      className={`stage-card ${hue(stage.owner)}`}
      tools={{
        isFixed: form.funnel.length === 1,
        canUp: sameKind(form.funnel[at - 1]),
        canDown: sameKind(form.funnel[at + 1]),
      }}
      below={
        !isMeasured && (
          <>
            <ul className="criteria">
              {criteria.map((criterion, nth) => (
                <CriterionCard
                  key={criterion.id}
                  list={[...path, 'criteria']}
                  at={nth}
                  taken={criteria.map(({ id }) => id)}
                  criterion={criterion}
                />
              ))}
            </ul>
            <AddCriterion list={[...path, 'criteria']} criteria={criteria} />
          </>
        )
      }
    >
      <div className="fields">
        <NameInput path={path} of={stage} />
        <Choice
          label={t('builder.owner')}
          value={stage.owner}
          options={areas.map(({ id, label }) => ({ value: id, label }))}
          onChange={(owner) => edit([{ kind: 'set', path: [...path, 'owner'], value: owner }])}
        />
        {!isMeasured && at > form.funnel.findIndex(({ from }) => from === undefined) && (
          <TimeLimit stage={stage} at={at} />
        )}
        {stage.from !== undefined && (
          <Choice
            label={t('builder.measured')}
            value={stage.from}
            options={MEASURED.map((from) => ({
              value: from,
              label: t(`builder.measured_name.${measuredName(from)}`),
            }))}
            onChange={(value) => edit([{ kind: 'set', path: [...path, 'from'], value }])}
          />
        )}
      </div>
      {!isMeasured && <StageValue stage={stage} at={at} />}
      {['owner', 'from', 'within', 'requires'].map((key) => (
        <FaultsAt key={key} path={[...path, key]} />
      ))}
      <p className="actions">
        <button type="button" className="quiet" onClick={addAfter}>
          {t('builder.add_stage')}
        </button>
      </p>
      <IdField path={path} id={stage.id} taken={form.funnel.map(({ id }) => id)} what="stage" />
    </Foldable>
  );
}

/** Until when a stage counts, and whether it needs the one before. */
function TimeLimit({ stage, at }: { readonly stage: Stage; readonly at: number }): ReactNode {
  const { t, edit } = useBuilder();
  const path = ['funnel', at, 'within'] as const;
  const set = (value: string): TextEdit => ({ kind: 'set', path, value });
  return (
    <>
      <Choice
        label={t('builder.time_limit')}
        value={stage.within === undefined ? 'none' : 'limited'}
        options={[
          { value: 'none', label: t('builder.no_limit') },
          { value: 'limited', label: t('builder.limited') },
        ]}
        onChange={(chosen) => edit([chosen === 'none' ? { kind: 'remove', path } : set('30d')])}
      />
      {stage.within !== undefined && (
        <SpanInput
          label={t('builder.amount')}
          value={stage.within}
          units={['m', 'h', 'd']}
          onChange={(value) => edit([set(value)], path.join('.'))}
        />
      )}
      <label className="check">
        <input
          type="checkbox"
          checked={stage.requires === 'none'}
          onChange={(event) => {
            const own = ['funnel', at, 'requires'] as const;
            edit([
              event.target.checked
                ? { kind: 'set', path: own, value: 'none' }
                : { kind: 'remove', path: own },
            ]);
          }}
        />
        <span>{t('builder.requires_none')}</span>
      </label>
    </>
  );
}
