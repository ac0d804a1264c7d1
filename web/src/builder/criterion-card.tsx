import type { ReactNode } from 'react';
import { labelIn } from '../../../src/core/agreement/view.ts';
import type { Path, TextEdit } from '../../../src/core/agreement/text-edit.ts';
import { readConditions } from '../../../src/core/rule/conditions.ts';
import type { Condition } from '../../../src/core/rule/conditions.ts';
import { parseRule } from '../../../src/core/rule/rule.ts';
import { writeConditions } from '../../../src/core/rule/write-conditions.ts';
import { freeId, useBuilder } from './builder-context.ts';
import type { Builder } from './builder-context.ts';
import { firstActivity, firstField, kindLabel } from './condition-rows.tsx';
import { Foldable } from './foldable.tsx';
import { IdField } from './id-field.tsx';
import { NameInput } from './name-input.tsx';
import { RuleEditor, useRuleInWords } from './rule-editor.tsx';

export interface CriterionText {
  readonly id: string;
  readonly label?: Readonly<Partial<Record<'es' | 'en', string>>>;
  readonly rule: string;
}

type Names = Readonly<Partial<Record<'es' | 'en', string>>>;

function sameLabel(one: Names, other: Names): boolean {
  return one.es === other.es && one.en === other.en;
}

/** What a condition asks for, as a name. */
function labelOf(
  row: Condition | undefined,
  { form }: Builder,
): { readonly [language: string]: string } | undefined {
  if (row === undefined) return undefined;
  if (row.kind === 'activity') return kindLabel(row.details[0]?.values[0] ?? 'activity');
  const label = form.fields[row.subject]?.label;
  return label === undefined ? undefined : { ...label };
}

function firstRowOf(rule: string, { fields }: Builder): Condition | undefined {
  const parsed = parseRule(rule, { kind: 'lead', fields });
  return parsed.ok ? readConditions(parsed.value.expression)?.rows[0] : undefined;
}

/** A criterion of a stage, or what a lead is lost by. */
export function CriterionCard({
  list,
  at,
  taken,
  criterion,
  level = 5,
  children,
}: {
  readonly level?: 4 | 5;
  /** The path of the list that it stands in. */
  readonly list: Path;
  readonly at: number;
  /** The ids of all in the list. */
  readonly taken: readonly string[];
  readonly criterion: CriterionText;
  /** What there is to say besides the rule. */
  readonly children?: ReactNode;
}): ReactNode {
  const builder = useBuilder();
  const { language, edit } = builder;
  const path = [...list, at];
  const name = labelIn(criterion.id, criterion.label ?? {}, language);
  const rulePath = [...path, 'rule'];
  /** A name that was given by what is asked goes with it; one that a person gave stays. */
  const renamed = (rule: string): readonly TextEdit[] => {
    const given = labelOf(firstRowOf(criterion.rule, builder), builder);
    const next = labelOf(firstRowOf(rule, builder), builder);
    const isGiven = given !== undefined && sameLabel(given, criterion.label ?? {});
    return !isGiven || next === undefined || sameLabel(given, next)
      ? []
      : [{ kind: 'set', path: [...path, 'label'], value: next }];
  };
  return (
    <Foldable
      level={level}
      list={list}
      at={at}
      count={taken.length}
      id={criterion.id}
      name={name}
      says={useRuleInWords(criterion.rule, 'lead')}
      className="criterion"
    >
      <div className="fields">
        <NameInput path={path} of={criterion} />
      </div>
      <RuleEditor
        rule={criterion.rule}
        scope="lead"
        onChange={(rule) =>
          edit([{ kind: 'set', path: rulePath, value: rule }, ...renamed(rule)], rulePath.join('.'))
        }
      />
      {children}
      <IdField path={path} id={criterion.id} taken={taken} />
    </Foldable>
  );
}

/** Begins a criterion: on a field, on activities, or as a rule. */
export function AddCriterion({
  list,
  criteria,
}: {
  readonly list: Path;
  readonly criteria: readonly CriterionText[];
}): ReactNode {
  const builder = useBuilder();
  const { t, edit } = builder;
  const add = (row: Condition): void => {
    const label = labelOf(row, builder);
    const value = {
      // It says nothing of the field, which may yet be another.
      id: freeId(
        'criterion',
        criteria.map(({ id }) => id),
      ),
      ...(label === undefined ? {} : { label }),
      rule: writeConditions({ join: 'all', rows: [row] }),
    };
    edit([{ kind: 'insert', path: list, at: criteria.length, value }]);
  };
  return (
    <p className="actions">
      <span>{t('builder.add')}:</span>
      <button type="button" onClick={() => add(firstField(builder))}>
        {t('builder.add_field')}
      </button>
      <button type="button" onClick={() => add(firstActivity(builder))}>
        {t('builder.add_activity')}
      </button>
    </p>
  );
}
