import type { ReactNode } from 'react';
import type { AgreementForm } from '../../../src/core/agreement/form.ts';
import type { TextEdit } from '../../../src/core/agreement/text-edit.ts';
import { lower } from '../../../src/core/rule/phrases.ts';
import { labelIn } from '../../../src/core/agreement/view.ts';
import { freeId, useBuilder } from './builder-context.ts';
import type { Builder } from './builder-context.ts';
import { Choice, FaultsAt } from './controls.tsx';
import type { Option } from './controls.tsx';
import { Foldable } from './foldable.tsx';
import { IdField } from './id-field.tsx';
import { NameInput } from './name-input.tsx';
import { added, takenOut, ValueList } from './value-list.tsx';

type Dimension = AgreementForm['dimensions'][number];

const CALENDAR = ['weekday_hour', 'weekday', 'hour', 'day', 'week', 'month'] as const;
const MEMBERS = ['seller', 'type', 'outcome', 'reason', 'currency'] as const;
const BY = ['field', 'part', 'activity'] as const;
/** Keys that only go with one of them. */
const ALONG = { field: ['bands', 'value'], part: ['of'], activity: [] } as const;

/** `field.zone`, `part.hour` or `activity.seller`: what leads are told apart by. */
function byOf(dimension: Dimension): string {
  const kind = BY.find((each) => dimension[each] !== undefined);
  return kind === undefined ? '' : `${kind}.${dimension[kind] ?? ''}`;
}

function optionsOf({ t, fields, fieldLabel }: Builder): readonly Option[] {
  return [
    ...fields
      .filter(({ pii }) => pii === null)
      .map(({ name }) => ({ value: `field.${name}`, label: fieldLabel(name) })),
    ...CALENDAR.map((part) => ({ value: `part.${part}`, label: t(`builder.part.${part}`) })),
    ...MEMBERS.map((member) => ({
      value: `activity.${member}`,
      label: t('builder.by_activity', { member: t(`builder.member.${member}`) }),
    })),
  ];
}

/** How leads may be told apart. */
export function DimensionCards(): ReactNode {
  const builder = useBuilder();
  const { t, form, edit } = builder;
  const { dimensions } = form;
  const used = dimensions.map(byOf);
  const unused = optionsOf(builder).filter(({ value }) => !used.includes(value));
  const add = (by: string): void => {
    const [kind = '', name = ''] = by.split('.');
    const id = freeId(
      name,
      dimensions.map((each) => each.id),
    );
    const value = { id, ...(kind === 'part' ? { of: 'lead.created_at' } : {}), [kind]: name };
    edit([{ kind: 'insert', path: ['dimensions'], at: dimensions.length, value }]);
  };
  return (
    <section aria-labelledby="builder-dimensions">
      <h3 id="builder-dimensions">{t('builder.dimensions')}</h3>
      <p className="explains">{t('builder.dimensions_explained')}</p>
      <ul className="criteria">
        {dimensions.map((dimension, at) => (
          <DimensionCard key={dimension.id} dimension={dimension} at={at} />
        ))}
      </ul>
      <p className="actions">
        <select
          value=""
          aria-label={t('builder.add_dimension')}
          onChange={(event) => add(event.target.value)}
        >
          <option value="">{t('builder.add_dimension')}</option>
          {unused.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </p>
    </section>
  );
}

function DimensionCard({ dimension, at }: { readonly dimension: Dimension; readonly at: number }): ReactNode {
  const builder = useBuilder();
  const { t, form, fields, language, fieldLabel, number, edit } = builder;
  const path = ['dimensions', at] as const;
  const by = byOf(dimension);
  const options = optionsOf(builder);
  const own = dimension.field;
  const label = own === undefined ? undefined : form.fields[own]?.label;
  const bands = dimension.bands ?? [];
  const isBanded = bands.length > 0;
  const says = [
    t('builder.told_apart_by', { by: lower(options.find(({ value }) => value === by)?.label ?? by) }),
    isBanded ? t('builder.banded', { edges: bands.map((edge) => number(edge)).join(', ') }) : null,
    dimension.value === 'first' ? t('builder.which.first') : null,
  ];
  return (
    <Foldable
      level={4}
      list={['dimensions']}
      at={at}
      count={form.dimensions.length}
      id={dimension.id}
      name={
        dimension.label === undefined && own === dimension.id
          ? fieldLabel(own)
          : labelIn(dimension.id, dimension.label ?? {}, language)
      }
      says={says.filter((each) => each !== null).join(' · ')}
      className="criterion"
    >
      <div className="fields">
        <NameInput path={path} of={dimension} otherwise={label} />
        <Choice
          label={t('builder.by')}
          value={by}
          options={options}
          onChange={(chosen) => edit(told(dimension, at, chosen))}
        />
        {own !== undefined && (
          <Choice
            label={t('builder.which')}
            value={dimension.value ?? 'latest'}
            options={(['latest', 'first'] as const).map((each) => ({
              value: each,
              label: t(`builder.which.${each}`),
            }))}
            onChange={(value) =>
              edit([
                value === 'first'
                  ? { kind: 'set', path: [...path, 'value'], value }
                  : { kind: 'remove', path: [...path, 'value'] },
              ])
            }
          />
        )}
      </div>
      {(isBanded || isNumber(own, fields)) && <Bands field={own ?? ''} bands={bands} at={at} />}
      <FaultsAt path={path} isDeep />
      <IdField path={path} id={dimension.id} taken={form.dimensions.map(({ id }) => id)} />
    </Foldable>
  );
}

function isNumber(name: string | undefined, fields: Builder['fields']): boolean {
  const type = fields.find((each) => each.name === name)?.type;
  return type === 'integer' || type === 'number';
}

/** Where the bands of a number begin. */
function Bands({
  field,
  bands,
  at,
}: {
  readonly field: string;
  readonly bands: readonly number[];
  readonly at: number;
}): ReactNode {
  const { t, seen, number, edit } = useBuilder();
  const path = ['dimensions', at, 'bands'] as const;
  const { low = null, high = null } = seen?.fields.find((each) => each.field === field) ?? {};
  return (
    <ValueList
      label={t('builder.bands')}
      values={bands.map(String)}
      nameOf={(edge) => number(Number(edge))}
      read={(typed) => typed.trim().replace(',', '.')}
      problem={(edge) => (/^-?\d{1,12}(?:\.\d{1,6})?$/.test(edge) ? null : t('builder.wrong.number'))}
      hint={
        low === null || high === null
          ? undefined
          : t('builder.range', { low: number(low), high: number(high) })
      }
      onAdd={(edge) => {
        if (!bands.includes(Number(edge))) edit(added(path, bands, Number(edge)));
      }}
      onTakeOut={(edge) => edit(takenOut(path, bands, Number(edge)))}
    />
  );
}

/** The edits by which leads are told apart by something else: what only went with the last goes. */
function told(dimension: Dimension, at: number, by: string): readonly TextEdit[] {
  const path = ['dimensions', at] as const;
  const [kind, name = ''] = by.split('.');
  const own = BY.find((each) => each === kind);
  if (own === undefined) return [];
  const gone = BY.filter((each) => each !== own)
    .flatMap((each) => [each, ...ALONG[each]])
    .filter((key) => dimension[key] !== undefined);
  const bands = own === 'field' && dimension.bands !== undefined ? (['bands'] as const) : [];
  return [
    { kind: 'set', path: [...path, own], value: name },
    ...[...gone, ...bands].map((key) => ({ kind: 'remove', path: [...path, key] }) as const),
  ];
}
