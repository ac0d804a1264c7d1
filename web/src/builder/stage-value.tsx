import type { ReactNode } from 'react';
import type { AgreementForm } from '../../../src/core/agreement/form.ts';
import { readConditions } from '../../../src/core/rule/conditions.ts';
import { parseRule } from '../../../src/core/rule/rule.ts';
import { writeConditions } from '../../../src/core/rule/write-conditions.ts';
import { useBuilder } from './builder-context.ts';
import type { Builder } from './builder-context.ts';
import { firstTest } from './comparisons.ts';
import { FaultsAt } from './controls.tsx';
import { RuleEditor } from './rule-editor.tsx';

type Stage = AgreementForm['funnel'][number];

/** The money that a stage carries. Only one stage does: it is taken from the one that had it. */
export function StageValue({ stage, at }: { readonly stage: Stage; readonly at: number }): ReactNode {
  const builder = useBuilder();
  const { t, form, edit } = builder;
  const path = ['funnel', at, 'value'] as const;
  const carrier = form.funnel.find(({ value, id }) => value !== undefined && id !== stage.id);
  return (
    <div className="only">
      <label className="check">
        <input
          type="checkbox"
          checked={stage.value !== undefined}
          onChange={(event) =>
            edit(
              event.target.checked
                ? [
                    ...form.funnel.flatMap(({ value }, nth) =>
                      value === undefined
                        ? []
                        : [{ kind: 'remove', path: ['funnel', nth, 'value'] } as const],
                    ),
                    { kind: 'set', path, value: { sum: 'amount', where: firstMoney(stage, builder) } },
                  ]
                : [{ kind: 'remove', path }],
            )
          }
        />
        <span>{t('builder.value_of_stage')}</span>
      </label>
      {stage.value === undefined && carrier !== undefined && (
        <p className="explains">
          {t('builder.value_moves', {
            stage: builder.stages.find(({ id }) => id === carrier.id)?.label ?? carrier.id,
          })}
        </p>
      )}
      {stage.value !== undefined && (
        <>
          <p className="explains">{t('builder.value_where')}</p>
          <RuleEditor
            rule={stage.value.where}
            scope="activity"
            onChange={(where) =>
              edit([{ kind: 'set', path: [...path, 'where'], value: where }], [...path, 'where'].join('.'))
            }
          />
        </>
      )}
      <FaultsAt path={path} />
    </div>
  );
}

/** The activities that bring leads to the stage carry its money, until somebody says otherwise. */
function firstMoney({ criteria = [] }: Stage, { fields }: Builder): string {
  const kinds = criteria.flatMap(({ rule }) => {
    const parsed = parseRule(rule, { kind: 'lead', fields });
    const rows = parsed.ok ? (readConditions(parsed.value.expression)?.rows ?? []) : [];
    return rows.flatMap((row) =>
      row.kind === 'activity'
        ? row.details.filter(({ subject, comparison }) => subject === 'type' && comparison === '==')
        : [],
    );
  });
  const values = kinds[0]?.values ?? ['sale'];
  const row = { kind: 'field', ...firstTest('type', 'string', false), values } as const;
  return writeConditions({ join: 'all', rows: [row] }, 'activity');
}
