import { useState } from 'react';
import type { ReactNode } from 'react';
import type { AgreementForm } from '../../../src/core/agreement/form.ts';
import { labelIn } from '../../../src/core/agreement/view.ts';
import { freeId, useBuilder } from './builder-context.ts';
import { Choice, FaultsAt } from './controls.tsx';
import { Foldable } from './foldable.tsx';
import { IdField } from './id-field.tsx';
import { NameInput } from './name-input.tsx';
import { added, takenOut, ValueList } from './value-list.tsx';

type Field = AgreementForm['fields'][string];

const TYPES = ['string', 'integer', 'number', 'boolean', 'date', 'timestamp'] as const;
const PERSONAL = ['phone', 'email', 'name', 'address', 'document', 'other'] as const;
const NONE = 'none';
/** What each lead has of itself. */
const RESERVED = ['lead_id', 'created_at', 'effective_at'] as const;

/** What is known of each lead. */
export function FieldCards(): ReactNode {
  const { t, form, language, editAs } = useBuilder();
  const names = Object.keys(form.fields);
  return (
    <section aria-labelledby="builder-fields">
      <h3 id="builder-fields">{t('builder.fields')}</h3>
      <p className="explains">{t('builder.fields_explained')}</p>
      <ul className="criteria">
        {Object.entries(form.fields).map(([name, field], place) => (
          <FieldCard key={name} name={name} place={place} field={field} names={names} />
        ))}
      </ul>
      <UndeclaredColumns names={names} />
      <AddNamed
        label={t('builder.new_field')}
        button={t('builder.add_data')}
        onAdd={(label) => {
          const value = { type: 'string', label: { [language]: label } };
          const id = freeId(label, [...names, ...RESERVED]);
          editAs(id, [{ kind: 'set', path: ['fields', id], value }]);
        }}
      />
      <FaultsAt path={['fields']} />
    </section>
  );
}

/** What the data bring and no field takes: each with what stands in it, to be added with its type. */
function UndeclaredColumns({ names }: { readonly names: readonly string[] }): ReactNode {
  const { t, language, seen, form, format, editAs } = useBuilder();
  const labels = new Set([
    ...names,
    ...Object.values(form.fields).flatMap(({ label }) => Object.values(label ?? {})),
  ]);
  const left = (seen?.undeclared ?? []).filter(({ column }) => !labels.has(column));
  if (left.length === 0) return null;
  return (
    <div className="undeclared">
      <h4 id="builder-undeclared">{t('builder.undeclared')}</h4>
      <p className="explains">{t('builder.undeclared_explained')}</p>
      <ul aria-labelledby="builder-undeclared">
        {left.map(({ column, type, pii, values, more, known }) => (
          <li key={column}>
            <span>
              <strong>{column}</strong>{' '}
              {pii === null
                ? t(`builder.type.${type}`)
                : t('builder.is_personal', { kind: t(`builder.personal.${pii}`) })}
              <small>
                {pii === null
                  ? `${values.map(({ value, count }) => `${shortened(value)} (${format.count(count)})`).join(', ')}${more ? '…' : ''}`
                  : t('builder.undeclared_known', { known, count: format.count(known) })}
              </small>
            </span>
            <button
              type="button"
              aria-label={t('builder.undeclared_add_named', { column })}
              onClick={() => {
                const id = freeId(column, [...names, ...RESERVED]);
                const value = { type, label: { [language]: column }, ...(pii === null ? {} : { pii }) };
                editAs(id, [{ kind: 'set', path: ['fields', id], value }]);
              }}
            >
              {t('builder.undeclared_add')}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function shortened(value: string): string {
  return value.length > 28 ? `${value.slice(0, 27)}…` : value;
}

/** Begins something that its name is asked for first. */
export function AddNamed({
  label,
  button,
  onAdd,
}: {
  readonly label: string;
  readonly button: string;
  readonly onAdd: (name: string) => void;
}): ReactNode {
  const [name, setName] = useState('');
  return (
    <form
      className="fields"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === '') return;
        onAdd(name.trim());
        setName('');
      }}
    >
      <label>
        <span>{label}</span>
        <input value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      <button type="submit" disabled={name.trim() === ''}>
        {button}
      </button>
    </form>
  );
}

function FieldCard({
  name,
  place,
  field,
  names,
}: {
  readonly name: string;
  readonly place: number;
  readonly field: Field;
  readonly names: readonly string[];
}): ReactNode {
  const { t, language, edit, seen, format } = useBuilder();
  const path = ['fields', name] as const;
  const pii = field.pii;
  const offered = seen?.fields.find((each) => each.field === name);
  const missing = field.missing ?? [];
  const says = [
    t(`builder.type.${field.type}`),
    pii === undefined ? null : t('builder.is_personal', { kind: t(`builder.personal.${pii}`) }),
    offered === undefined || seen === undefined || seen.leads === 0
      ? null
      : t('builder.known_of', { share: format.percent(offered.known / seen.leads) }),
  ];
  return (
    <Foldable
      level={4}
      list={['fields']}
      at={name}
      place={place}
      count={names.length}
      id={name}
      name={labelIn(name, field.label ?? {}, language)}
      says={says.filter((each) => each !== null).join(' · ')}
      className="criterion"
    >
      <div className="fields">
        <NameInput path={path} of={{ id: name, ...field }} />
        <Choice
          label={t('builder.type')}
          value={field.type}
          options={TYPES.map((type) => ({ value: type, label: t(`builder.type.${type}`) }))}
          onChange={(value) => edit([{ kind: 'set', path: [...path, 'type'], value }])}
        />
        <Choice
          label={t('builder.personal')}
          value={pii ?? NONE}
          options={[
            { value: NONE, label: t('builder.personal.none') },
            ...PERSONAL.map((kind) => ({ value: kind, label: t(`builder.personal.${kind}`) })),
          ]}
          onChange={(value) =>
            edit([
              value === NONE
                ? { kind: 'remove', path: [...path, 'pii'] }
                : { kind: 'set', path: [...path, 'pii'], value },
            ])
          }
        />
      </div>
      {pii !== undefined && <p className="explains">{t('builder.personal_explained')}</p>}
      <ValueList
        label={t('builder.counts_as_missing')}
        values={missing}
        offered={offered?.values ?? []}
        onAdd={(value) => edit(added([...path, 'missing'], missing, value))}
        onTakeOut={(value) => edit(takenOut([...path, 'missing'], missing, value))}
      />
      <FaultsAt path={path} isDeep />
      <IdField path={path} id={name} taken={names} what="field" />
    </Foldable>
  );
}
