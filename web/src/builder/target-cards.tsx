import type { ReactNode } from 'react';
import type { AgreementForm } from '../../../src/core/agreement/form.ts';
import type { TextEdit } from '../../../src/core/agreement/text-edit.ts';
import { goalValue } from '../../../src/core/measures/target-words.ts';
import { labelIn } from '../../../src/core/agreement/view.ts';
import { writeConditions } from '../../../src/core/rule/write-conditions.ts';
import { freeId, useBuilder } from './builder-context.ts';
import { firstField } from './condition-rows.tsx';
import { Choice, FaultsAt, Input } from './controls.tsx';
import { Foldable } from './foldable.tsx';
import { IdField } from './id-field.tsx';
import { NameInput } from './name-input.tsx';
import { RuleEditor, useRuleInWords } from './rule-editor.tsx';

type Target = AgreementForm['targets'][number];
type Kind = 'count' | 'share' | 'cost' | 'value' | 'return';

interface Metric {
  readonly kind: Kind;
  readonly stage: string;
  readonly of: string;
}

const KINDS: readonly Kind[] = ['count', 'share', 'cost', 'value', 'return'];

function metricOf(text: string): Metric {
  const [left = '', right] = text.split('/').map((part) => part.trim());
  if (right === undefined)
    return left === 'value' ? { kind: 'value', stage: '', of: '' } : { kind: 'count', stage: left, of: '' };
  if (left === 'value') return { kind: 'return', stage: '', of: '' };
  return left === 'spend'
    ? { kind: 'cost', stage: right, of: '' }
    : { kind: 'share', stage: left, of: right };
}

function metricText({ kind, stage, of }: Metric): string {
  switch (kind) {
    case 'count':
      return stage;
    case 'share':
      return `${stage} / ${of}`;
    case 'cost':
      return `spend / ${stage}`;
    case 'value':
      return 'value';
    case 'return':
      return 'value / spend';
  }
}

/** What each area promises to bring. */
export function TargetCards(): ReactNode {
  const { form, t, language, stages, edit, areas } = useBuilder();
  const add = (): void => {
    const stage = stages.findLast(({ isReached }) => isReached)?.id ?? '';
    const value = {
      id: freeId(
        t('builder.new_target'),
        form.targets.map(({ id }) => id),
      ),
      label: { [language]: t('builder.new_target') },
      owner: form.funnel.find(({ id }) => id === stage)?.owner ?? areas[0]?.id ?? '',
      metric: stage,
      at_least: 1,
      per: 'month',
    };
    edit([{ kind: 'insert', path: ['targets'], at: form.targets.length, value }]);
  };
  return (
    <section aria-labelledby="builder-targets">
      <h3 id="builder-targets">{t('builder.targets')}</h3>
      <ul className="stage-cards">
        {form.targets.map((target, at) => (
          <TargetCard key={target.id} target={target} at={at} />
        ))}
      </ul>
      <p className="actions">
        <button type="button" onClick={add}>
          {t('builder.add_target')}
        </button>
      </p>
    </section>
  );
}

function TargetCard({ target, at }: { readonly target: Target; readonly at: number }): ReactNode {
  const builder = useBuilder();
  const { form, t, language, hue, areas, edit, stages } = builder;
  const path = ['targets', at] as const;
  const name = labelIn(target.id, target.label ?? {}, language);
  const metric = metricOf(target.metric);
  const bound = target.at_most === undefined ? 'at_least' : 'at_most';
  const goal = target[bound];
  const isShare = metric.kind === 'share';
  const writtenGoal = (text: string): string | number => (isShare ? `${text}%` : Number(text));
  const changeMetric = (next: Metric): void => {
    const amount = Number.parseFloat(String(goal ?? 1));
    const becomesShare = next.kind === 'share';
    const refitted: readonly TextEdit[] =
      becomesShare === isShare
        ? []
        : [
            {
              kind: 'set',
              path: [...path, bound],
              value: becomesShare ? `${Math.min(amount, 100)}%` : amount,
            },
          ];
    edit([{ kind: 'set', path: [...path, 'metric'], value: metricText(next) }, ...refitted]);
  };
  const words = useRuleInWords(target.where ?? 'true', 'filter');
  const only = target.where === undefined ? null : words;
  const labelOf = (stage: string): string => stages.find(({ id }) => id === stage)?.label ?? stage;
  const options = stages.map(({ id, label }) => ({ value: id, label }));
  return (
    <Foldable
      level={4}
      list={['targets']}
      at={at}
      count={form.targets.length}
      id={target.id}
      name={name}
      says={[
        areas.find(({ id }) => id === target.owner)?.label ?? target.owner,
        t('builder.target_says', {
          metric: t(`builder.metric.${metric.kind}`),
          stage: labelOf(metric.stage),
          of: labelOf(metric.of),
          kind: metric.kind,
          bound: t(`builder.${bound}`),
          goal: goalValue(
            metric.kind,
            isShare ? Number.parseFloat(String(goal)) / 100 : Number(goal),
            builder,
          ),
          per: t(`builder.per.${target.per}`),
        }),
        ...(only === null ? [] : [`${t('builder.only')}: ${only}`]),
      ].join(' · ')}
      className={`stage-card ${hue(target.owner)}`}
    >
      <div className="fields">
        <NameInput path={path} of={target} />
        <Choice
          label={t('builder.owner')}
          value={target.owner}
          options={areas.map(({ id, label }) => ({ value: id, label }))}
          onChange={(value) => edit([{ kind: 'set', path: [...path, 'owner'], value }])}
        />
        <Choice
          label={t('builder.metric')}
          value={metric.kind}
          options={KINDS.map((kind) => ({ value: kind, label: t(`builder.metric.${kind}`) }))}
          onChange={(chosen) => {
            const kind = KINDS.find((each) => each === chosen) ?? metric.kind;
            const last = stages.at(-1)?.id ?? '';
            const stage = metric.stage === '' ? last : metric.stage;
            const before = stages[Math.max(0, stages.findIndex(({ id }) => id === stage) - 1)]?.id ?? last;
            changeMetric({ kind, stage, of: metric.of === '' ? before : metric.of });
          }}
        />
        {metric.stage !== '' && (
          <Choice
            label={t('builder.of_stage')}
            value={metric.stage}
            options={options}
            onChange={(stage) => changeMetric({ ...metric, stage })}
          />
        )}
        {isShare && (
          <Choice
            label={t('builder.out_of')}
            value={metric.of}
            options={options}
            onChange={(of) => changeMetric({ ...metric, of })}
          />
        )}
        <Choice
          label={t('builder.bound')}
          value={bound}
          options={(['at_least', 'at_most'] as const).map((each) => ({
            value: each,
            label: t(`builder.${each}`),
          }))}
          onChange={(chosen) =>
            chosen !== bound &&
            edit([
              { kind: 'set', path: [...path, chosen], value: goal ?? 1 },
              { kind: 'remove', path: [...path, bound] },
            ])
          }
        />
        <Input
          label={t(isShare ? 'builder.goal_percent' : 'builder.goal')}
          value={String(goal ?? '').replace(/\s*%$/, '')}
          decimal
          width="short"
          problem={(typed) =>
            /^\d{1,12}(?:[.,]\d{1,4})?$/.test(typed.trim()) ? null : t('builder.wrong.number')
          }
          onChange={(typed) =>
            edit(
              [
                {
                  kind: 'set',
                  path: [...path, bound],
                  value: writtenGoal(typed.trim().replace(',', '.')),
                },
              ],
              [...path, bound].join('.'),
            )
          }
        />
        <Choice
          label={t('builder.per')}
          value={target.per}
          options={(['week', 'month', 'quarter'] as const).map((per) => ({
            value: per,
            label: t(`builder.per.${per}`),
          }))}
          onChange={(per) => edit([{ kind: 'set', path: [...path, 'per'], value: per }])}
        />
      </div>
      <FaultsAt path={path} />
      {['owner', 'metric', 'at_least', 'at_most', 'per'].map((key) => (
        <FaultsAt key={key} path={[...path, key]} />
      ))}
      {target.where === undefined ? (
        <p className="actions">
          <button
            type="button"
            className="quiet"
            onClick={() => {
              const value = writeConditions({ join: 'all', rows: [firstField(builder)] });
              edit([{ kind: 'set', path: [...path, 'where'], value }]);
            }}
          >
            {t('builder.add_only')}
          </button>
        </p>
      ) : (
        <div className="only">
          <p className="explains">{t('builder.only')}</p>
          <RuleEditor
            rule={target.where}
            scope="filter"
            onChange={(rule) =>
              edit([{ kind: 'set', path: [...path, 'where'], value: rule }], [...path, 'where'].join('.'))
            }
          />
          <button
            type="button"
            className="quiet"
            onClick={() => edit([{ kind: 'remove', path: [...path, 'where'] }])}
          >
            {t('builder.all_leads')}
          </button>
        </div>
      )}
      <IdField path={path} id={target.id} taken={form.targets.map(({ id }) => id)} />
    </Foldable>
  );
}
