import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { readConditions } from '../../../src/core/rule/conditions.ts';
import type { Condition, Conditions } from '../../../src/core/rule/conditions.ts';
import type { RuleEnvironment } from '../../../src/core/rule/environment.ts';
import { parseRule } from '../../../src/core/rule/rule.ts';
import { ruleInWords } from '../../../src/core/rule/words.ts';
import { isComplete, writeConditions } from '../../../src/core/rule/write-conditions.ts';
import { useBuilder } from './builder-context.ts';
import type { Builder } from './builder-context.ts';
import { ConditionRow, firstActivity, firstField, firstMember } from './condition-rows.tsx';
import type { Scope } from './condition-rows.tsx';
import { Choice } from './controls.tsx';
import { RuleField } from './rule-field.tsx';

/** Conditions that are not all told yet, for the rule that they are to replace. */
interface Pending {
  readonly of: string;
  readonly conditions: Conditions;
}

/** A rule as a person would say it; as it is written where it has a fault. */
export function useRuleInWords(rule: string, scope: Scope): string {
  const { fields, language, fieldLabel } = useBuilder();
  return useMemo(() => {
    const parsed = parseRule(rule, environmentOf(scope, fields));
    return parsed.ok ? ruleInWords(parsed.value, language, { field: fieldLabel }) : rule;
  }, [rule, scope, fields, language, fieldLabel]);
}

function environmentOf(scope: Scope, fields: Builder['fields']): RuleEnvironment {
  return scope === 'activity' ? { kind: 'activity' } : { kind: scope, fields };
}

/** A rule as conditions to fill in, or as text where it says more than these can. */
export function RuleEditor({
  rule,
  scope,
  onChange,
}: {
  readonly rule: string;
  readonly scope: Scope;
  readonly onChange: (rule: string) => void;
}): ReactNode {
  const builder = useBuilder();
  const { t, fields } = builder;
  const [isText, setText] = useState(false);
  const [pending, setPending] = useState<Pending | null>(null);
  const environment = useMemo(() => environmentOf(scope, fields), [scope, fields]);
  const whose = scope === 'activity' ? 'activity' : 'lead';
  const parsed = useMemo(() => parseRule(rule, environment), [rule, environment]);
  const read = useMemo(
    () => (parsed.ok ? readConditions(parsed.value.expression, whose) : null),
    [parsed, whose],
  );
  if (isText || read === null) {
    return (
      <div className="as-text">
        {read === null && parsed.ok && <p className="explains">{t('builder.only_rule')}</p>}
        <RuleField label={t('builder.rule')} value={rule} environment={environment} onChange={onChange} />
        {isText && read !== null && (
          <button type="button" className="quiet" onClick={() => setText(false)}>
            {t('builder.as_rows')}
          </button>
        )}
      </div>
    );
  }
  const isPending = pending !== null && pending.of === rule;
  const shown = isPending ? pending.conditions : read;
  const change = (conditions: Conditions): void => {
    if (conditions.rows.every(isComplete)) {
      setPending(null);
      onChange(writeConditions(conditions, whose));
    } else setPending({ of: rule, conditions });
  };
  const changeRows = (rows: readonly Condition[]): void => change({ ...shown, rows });
  return (
    <div className="as-rows">
      {shown.rows.length > 1 && (
        <Choice
          label={t('builder.join')}
          value={shown.join}
          options={(['all', 'any'] as const).map((join) => ({
            value: join,
            label: t(`builder.join.${join}`),
          }))}
          onChange={(join) => change({ ...shown, join: join === 'any' ? 'any' : 'all' })}
        />
      )}
      <ul>
        {shown.rows.map((row, nth) => (
          <li key={`${nth} ${row.kind}`} className="condition">
            <ConditionRow
              row={row}
              scope={scope}
              onChange={(next) => changeRows(shown.rows.map((each, at) => (at === nth ? next : each)))}
            />
            {shown.rows.length > 1 && (
              <button
                type="button"
                className="quiet"
                aria-label={t('builder.remove_of', { name: String(nth + 1) })}
                onClick={() => changeRows(shown.rows.filter((_, at) => at !== nth))}
              >
                {t('builder.remove')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {isPending && <p className="explains">{t('builder.incomplete')}</p>}
      <p className="actions">
        <span>{t('builder.and_also')}:</span>
        <button
          type="button"
          className="quiet"
          onClick={() =>
            changeRows([...shown.rows, scope === 'activity' ? firstMember(builder) : firstField(builder)])
          }
        >
          {t(scope === 'activity' ? 'builder.add_member' : 'builder.add_field')}
        </button>
        {scope === 'lead' && (
          <button
            type="button"
            className="quiet"
            onClick={() => changeRows([...shown.rows, firstActivity(builder)])}
          >
            {t('builder.add_activity')}
          </button>
        )}
        <button type="button" className="quiet" onClick={() => setText(true)}>
          {t('builder.as_rule')}
        </button>
      </p>
    </div>
  );
}
