import type { ReactNode } from 'react';
import type { SeenMember } from '../../../src/core/agreement/seen-values.ts';
import type {
  Absent,
  ActivityCondition,
  Condition,
  FieldCondition,
  Quantity,
  Test,
} from '../../../src/core/rule/conditions.ts';
import { TYPE_OF_FIELD, TYPE_OF_MEMBER } from '../../../src/core/rule/environment.ts';
import type { ActivityMember } from '../../../src/core/rule/expression.ts';
import { PHRASES } from '../../../src/core/rule/phrases.ts';
import { useBuilder } from './builder-context.ts';
import type { Builder } from './builder-context.ts';
import { compared, comparisonsOf, firstTest, MEMBERS } from './comparisons.ts';
import { Choice, Input } from './controls.tsx';
import type { Offered } from './value-fields.tsx';
import { ValueFields } from './value-fields.tsx';

const NOTHING: Offered = { values: [], low: null, high: null };

/** What a rule may ask: of a lead and its activities, only of what a filter knows, or of one activity. */
export type Scope = 'lead' | 'filter' | 'activity';

/** The first condition on a field: on the one that most leads have. */
export function firstField({ fields, seen }: Builder): FieldCondition {
  const known = (name: string): number => seen?.fields.find(({ field }) => field === name)?.known ?? 0;
  const [field] = fields
    .filter(({ pii }) => pii === null)
    .toSorted((one, other) => known(other.name) - known(one.name));
  if (field === undefined)
    return { kind: 'field', ...firstTest('created_at', 'timestamp', false), comparison: '>=' };
  const type = TYPE_OF_FIELD[field.type];
  return { kind: 'field', subject: field.name, type, comparison: 'known', values: [], absent: 'no' };
}

/** The first condition on one activity: its kind. */
export function firstMember({ seen }: Builder): FieldCondition {
  const kind = seen?.activities.find(({ member }) => member === 'type')?.values[0]?.value;
  const test = firstTest('type', 'string', false);
  return { kind: 'field', ...test, values: kind === undefined ? [] : [kind] };
}

/** The first condition on activities: that there is one of the most frequent kind. */
export function firstActivity({ seen }: Builder): ActivityCondition {
  const kind = seen?.activities.find(({ member }) => member === 'type')?.values[0]?.value;
  const details = [
    { ...firstTest('type', 'string', false), values: kind === undefined ? [] : [kind] } as const,
  ];
  return { kind: 'activity', quantity: 'some', count: 2, details };
}

export function ConditionRow({
  row,
  scope,
  onChange,
}: {
  readonly row: Condition;
  readonly scope: Scope;
  readonly onChange: (row: Condition) => void;
}): ReactNode {
  if (row.kind === 'activity') return <ActivityRow row={row} onChange={onChange} />;
  return scope === 'activity' ? (
    <MemberRow row={row} onChange={onChange} />
  ) : (
    <FieldRow row={row} scope={scope} onChange={onChange} />
  );
}

function FieldRow({
  row,
  scope,
  onChange,
}: {
  readonly row: FieldCondition;
  readonly scope: Scope;
  readonly onChange: (row: FieldCondition) => void;
}): ReactNode {
  const { t, fields, fieldLabel, seen } = useBuilder();
  const field = fields.find(({ name }) => name === row.subject);
  const offered = seen?.fields.find(({ field: name }) => name === row.subject) ?? NOTHING;
  const choose = (name: string): void => {
    const chosen = fields.find((each) => each.name === name);
    const isPersonal = chosen !== undefined && chosen.pii !== null;
    const type = chosen === undefined ? 'timestamp' : isPersonal ? 'string' : TYPE_OF_FIELD[chosen.type];
    onChange({ kind: 'field', ...firstTest(name, type, isPersonal) });
  };
  return (
    <>
      <Choice
        label={t('builder.field')}
        value={row.subject}
        options={[
          ...fields
            .filter(({ pii }) => scope === 'lead' || pii === null)
            .map(({ name }) => ({ value: name, label: fieldLabel(name) })),
          { value: 'created_at', label: t('builder.created_at') },
        ]}
        onChange={choose}
      />
      <TestFields
        test={row}
        isPersonal={field !== undefined && field.pii !== null}
        offered={offered}
        onChange={(test) => onChange({ ...row, ...test })}
      />
      {row.subject !== 'created_at' && (
        <Missing test={row} onChange={(absent) => onChange({ ...row, absent })} />
      )}
    </>
  );
}

/** A question about one activity, of which nothing but its own members is known. */
function MemberRow({
  row,
  onChange,
}: {
  readonly row: FieldCondition;
  readonly onChange: (row: FieldCondition) => void;
}): ReactNode {
  const member = MEMBERS.find((each) => each === row.subject) ?? 'type';
  return (
    <MemberFields
      detail={{ ...row, subject: member }}
      others={[]}
      isAlone
      onChange={(test) => onChange({ kind: 'field', ...test })}
    />
  );
}

/** The comparison and its values. */
function TestFields<T extends Test>({
  test,
  isPersonal,
  isAlone = false,
  offered,
  onChange,
}: {
  readonly test: T;
  readonly isPersonal: boolean;
  /** No lead is known whose creation an instant could be counted from. */
  readonly isAlone?: boolean;
  readonly offered: Offered;
  readonly onChange: (test: T) => void;
}): ReactNode {
  const { t } = useBuilder();
  const offeredComparisons = comparisonsOf(test.type, test.subject, isPersonal).filter(
    (each) => !isAlone || (each !== 'within' && each !== 'after'),
  );
  const comparisons = offeredComparisons.includes(test.comparison)
    ? offeredComparisons
    : [...offeredComparisons, test.comparison];
  return (
    <>
      <Choice
        label={t('builder.comparison')}
        value={test.comparison}
        options={comparisons.map((each) => {
          const ofInstants = `builder.when.${each}`;
          const isTold = test.type === 'timestamp' && t(ofInstants) !== ofInstants;
          return { value: each, label: t(isTold ? ofInstants : `builder.is.${each}`) };
        })}
        onChange={(chosen) => {
          const comparison = comparisons.find((each) => each === chosen);
          if (comparison !== undefined) onChange(compared(test, comparison));
        }}
      />
      <ValueFields test={test} offered={offered} onChange={(values) => onChange({ ...test, values })} />
    </>
  );
}

const ABSENT: readonly Absent[] = ['unknown', 'no', 'yes'];

function Missing({
  test,
  onChange,
}: {
  readonly test: Test;
  readonly onChange: (absent: Absent) => void;
}): ReactNode {
  const { t } = useBuilder();
  const { comparison, type } = test;
  if (comparison === 'absent' || (comparison === 'known' && type !== 'string')) return null;
  const offered = comparison === 'known' ? ABSENT.slice(0, 2) : ABSENT;
  return (
    <Choice
      label={t('builder.missing')}
      value={test.absent}
      options={offered.map((each) => ({ value: each, label: t(`builder.missing.${each}`) }))}
      onChange={(chosen) => onChange(ABSENT.find((each) => each === chosen) ?? 'unknown')}
    />
  );
}

const QUANTITIES: readonly Quantity[] = ['some', 'none', 'one', 'at_least', 'at_most', 'exactly'];

function ActivityRow({
  row,
  onChange,
}: {
  readonly row: ActivityCondition;
  readonly onChange: (row: ActivityCondition) => void;
}): ReactNode {
  const { t } = useBuilder();
  const isCounted = row.quantity === 'at_least' || row.quantity === 'at_most' || row.quantity === 'exactly';
  const unused = MEMBERS.filter((member) => row.details.every(({ subject }) => subject !== member));
  const change = (details: readonly Test<ActivityMember>[]): void => onChange({ ...row, details });
  const [next] = unused;
  return (
    <>
      <Choice
        label={t('builder.quantity')}
        value={row.quantity}
        options={QUANTITIES.map((each) => ({ value: each, label: t(`builder.quantity.${each}`) }))}
        onChange={(chosen) =>
          onChange({ ...row, quantity: QUANTITIES.find((each) => each === chosen) ?? row.quantity })
        }
      />
      {isCounted && (
        <Input
          label={t('builder.times')}
          value={String(row.count)}
          decimal
          width="short"
          problem={(typed) => (/^\d{1,6}$/.test(typed.trim()) ? null : t('builder.wrong.whole'))}
          onChange={(typed) => onChange({ ...row, count: Number(typed) })}
        />
      )}
      <span className="of-activities">
        {row.details.length === 0 && <span>{t('builder.activity')}</span>}
        {row.details.map((detail, nth) => (
          <Detail
            key={`${nth} ${detail.subject}`}
            detail={detail}
            others={row.details}
            onChange={(test) => change(row.details.map((each, at) => (at === nth ? test : each)))}
            onRemove={() => change(row.details.filter((_, at) => at !== nth))}
          />
        ))}
        {next !== undefined && (
          <button
            type="button"
            className="quiet"
            onClick={() => change([...row.details, firstTest(next, TYPE_OF_MEMBER[next], false)])}
          >
            {t('builder.add_detail')}
          </button>
        )}
      </span>
    </>
  );
}

function Detail({
  detail,
  others,
  onChange,
  onRemove,
}: {
  readonly detail: Test<ActivityMember>;
  readonly others: readonly Test<ActivityMember>[];
  readonly onChange: (detail: Test<ActivityMember>) => void;
  readonly onRemove: () => void;
}): ReactNode {
  const { t } = useBuilder();
  return (
    <span className="detail-row">
      <MemberFields detail={detail} others={others} onChange={onChange} />
      <button
        type="button"
        className="quiet"
        aria-label={t('builder.remove_of', { name: t(`builder.member.${detail.subject}`) })}
        onClick={onRemove}
      >
        ×
      </button>
    </span>
  );
}

function MemberFields({
  detail,
  others,
  isAlone = false,
  onChange,
}: {
  readonly detail: Test<ActivityMember>;
  readonly others: readonly Test<ActivityMember>[];
  readonly isAlone?: boolean;
  readonly onChange: (detail: Test<ActivityMember>) => void;
}): ReactNode {
  const { t } = useBuilder();
  const offered = useOfferedOf(detail, others);
  return (
    <>
      <Choice
        label={t('builder.detail')}
        value={detail.subject}
        options={MEMBERS.map((member) => ({ value: member, label: t(`builder.member.${member}`) }))}
        onChange={(chosen) => {
          const member = MEMBERS.find((each) => each === chosen);
          if (member === undefined) return;
          const first = firstTest(member, TYPE_OF_MEMBER[member], false);
          onChange(isAlone && member === 'at' ? compared(first, '>=') : first);
        }}
      />
      <TestFields test={detail} isPersonal={false} isAlone={isAlone} offered={offered} onChange={onChange} />
    </>
  );
}

const LISTED: readonly string[] = [
  'type',
  'outcome',
  'seller',
  'reason',
  'currency',
] satisfies readonly SeenMember[];

/** The values of an activity's member; outcomes are those of the kind that is asked for. */
function useOfferedOf(detail: Test<ActivityMember>, others: readonly Test<ActivityMember>[]): Offered {
  const { seen, language } = useBuilder();
  if (!LISTED.includes(detail.subject)) return NOTHING;
  const name =
    detail.subject === 'type'
      ? (value: string): string => kindName(value, language)
      : detail.subject === 'outcome'
        ? (value: string): string => PHRASES[language].outcome(value)
        : undefined;
  const kind = others.find(({ subject, comparison }) => subject === 'type' && comparison === '==')?.values[0];
  const outcomes = seen?.outcomes.filter(({ type }) => type === kind) ?? [];
  if (detail.subject === 'outcome' && outcomes.length > 0) return { ...NOTHING, values: outcomes, name };
  const values = seen?.activities.find(({ member }) => member === detail.subject)?.values ?? [];
  return { ...NOTHING, values, name };
}

/** `call` as the reader calls it; a kind that nobody named as it is. */
function kindName(kind: string, language: Builder['language']): string {
  const [name] = PHRASES[language].type(kind);
  return name.includes('«') || name.includes('“') || name.includes('"') ? kind : name;
}

/** A name for a criterion on activities of a kind, in both languages. */
export function kindLabel(kind: string): { readonly es: string; readonly en: string } {
  const name = (language: Builder['language']): string => {
    const own = kindName(kind, language);
    return own.charAt(0).toLocaleUpperCase(language) + own.slice(1);
  };
  return { es: name('es'), en: name('en') };
}
