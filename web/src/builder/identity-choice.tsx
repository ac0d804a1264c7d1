import type { ReactNode } from 'react';
import { isKeyName } from '../../../src/core/identity/rungs.ts';
import { useBuilder } from './builder-context.ts';
import { Choice, FaultsAt } from './controls.tsx';
import { FieldFrame } from './field-frame.tsx';

/** The id that every record of a lead has. */
const LEAD_ID = 'lead_id';
const PERSONAL: ReadonlySet<string> = new Set(['email', 'phone', 'name']);

/** What tells that two records are of one person. */
export function IdentityChoice(): ReactNode {
  const { t, form, fields, fieldLabel, edit } = useBuilder();
  const path = ['identity'] as const;
  const { identity } = form;
  const telling = fields.filter(({ name, pii }) => PERSONAL.has(pii ?? '') || isKeyName(name));
  const flip = (name: string): void => {
    const at = identity?.indexOf(name) ?? -1;
    if (at < 0) edit([{ kind: 'insert', path, at: identity?.length ?? 0, value: name }]);
    // An empty list would be none, and so stand for all of them.
    else if (identity?.length === 1) edit([{ kind: 'set', path, value: [LEAD_ID] }]);
    else edit([{ kind: 'remove', path: [...path, at] }]);
  };
  return (
    <>
      <h4>{t('builder.identity')}</h4>
      <p className="explains">{t('builder.identity_explained')}</p>
      <div className="fields">
        <Choice
          label={t('builder.identity_by')}
          value={identity === undefined ? 'all' : 'chosen'}
          options={(['all', 'chosen'] as const).map((each) => ({
            value: each,
            label: t(`builder.identity_by.${each}`),
          }))}
          onChange={(chosen) =>
            edit([
              chosen === 'all'
                ? { kind: 'remove', path }
                : { kind: 'set', path, value: [LEAD_ID, ...telling.map(({ name }) => name)] },
            ])
          }
        />
      </div>
      {identity !== undefined && (
        <FieldFrame label={t('builder.identity_fields')}>
          {telling.map(({ name }) => (
            <label key={name} className="check">
              <input type="checkbox" checked={identity.includes(name)} onChange={() => flip(name)} />
              <span>{fieldLabel(name)}</span>
            </label>
          ))}
          {telling.length === 0 && <small>{t('builder.identity_none')}</small>}
        </FieldFrame>
      )}
      <FaultsAt path={path} isDeep />
    </>
  );
}
