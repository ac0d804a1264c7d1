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
import { FaultsAt, Input } from './controls.tsx';
import { Foldable } from './foldable.tsx';
import { RuleEditor, useRuleInWords } from './rule-editor.tsx';

interface Criterion {
  readonly id: string;
  readonly label?: Readonly<Partial<Record<'es' | 'en', string>>>;
  readonly rule: string;
}

/** The name by which readers of this language know something. */
export function NameInput({
  path,
  of,
}: {
  readonly path: Path;
  readonly of: Omit<Criterion, 'rule'>;
}): ReactNode {
  const { t, language, edit } = useBuilder();
  const own = of.label?.[language];
  return (
    <Input
      label={t('builder.name')}
      value={own ?? ''}
      placeholder={labelIn(of.id, of.label ?? {}, language)}
      onChange={(name) => {
        const at = [...path, 'label', language];
        const isLast = Object.keys(of.label ?? {}).every((each) => each === language);
        if (name !== '') edit([{ kind: 'set', path: at, value: name }], at.join('.'));
        else if (own !== undefined)
          edit([{ kind: 'remove', path: isLast ? [...path, 'label'] : at }], at.join('.'));
      }}
    />
  );
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
  count,
  criterion,
  level = 5,
}: {
  readonly level?: 4 | 5;
  /** The path of the list that it stands in. */
  readonly list: Path;
  readonly at: number;
  readonly count: number;
  readonly criterion: Criterion;
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
      count={count}
      id={criterion.id}
      name={name}
      says={useRuleInWords(criterion.rule, 'lead')}
      className="criterion"
    >
      <NameInput path={path} of={criterion} />
      <FaultsAt path={[...path, 'id']} />
      <RuleEditor
        rule={criterion.rule}
        scope="lead"
        onChange={(rule) =>
          edit([{ kind: 'set', path: rulePath, value: rule }, ...renamed(rule)], rulePath.join('.'))
        }
      />
    </Foldable>
  );
}

/** Begins a criterion: on a field, on activities, or as a rule. */
export function AddCriterion({
  list,
  criteria,
}: {
  readonly list: Path;
  readonly criteria: readonly Criterion[];
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
