import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { renameEdits } from '../../../src/core/agreement/rename.ts';
import type { Renamed } from '../../../src/core/agreement/rename.ts';
import type { Path } from '../../../src/core/agreement/text-edit.ts';
import { useBuilder } from './builder-context.ts';
import { FaultsAt } from './controls.tsx';

const ID = /^[a-z][a-z0-9_]{0,39}$/;

/** What programs and files call something. A change of it is made wherever the agreement names it, at once. */
export function IdField({
  path,
  id,
  taken,
  what,
}: {
  readonly path: Path;
  readonly id: string;
  /** The ids of its list. */
  readonly taken: readonly string[];
  /** Where other parts of the agreement name it. */
  readonly what?: Renamed;
}): ReactNode {
  const { t, form, editAs } = useBuilder();
  const [typed, setTyped] = useState(id);
  const help = useId();
  const next = typed.trim();
  const isFree = next === id || !taken.includes(next);
  const wrong = ID.test(next) ? (isFree ? null : t('builder.wrong.taken')) : t('builder.wrong.id');
  return (
    <details className="id-field" open={false}>
      <summary>
        {t(what === 'field' ? 'builder.id_of_field' : 'builder.id')}: <code>{id}</code>
      </summary>
      <form
        className="fields"
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong !== null || next === id) return;
          editAs(
            next,
            what === undefined
              ? [{ kind: 'set', path: [...path, 'id'], value: next }]
              : renameEdits(form, what, id, next),
          );
        }}
      >
        <label>
          <span>{t('builder.new_id')}</span>
          <input
            value={typed}
            spellCheck={false}
            autoCapitalize="off"
            aria-invalid={wrong !== null}
            aria-describedby={help}
            onChange={(event) => setTyped(event.target.value)}
          />
          <output id={help} className={wrong === null ? undefined : 'wrong'}>
            {wrong ?? t(what === 'field' ? 'builder.id_of_field_help' : 'builder.id_help')}
          </output>
        </label>
        <button type="submit" disabled={wrong !== null || next === id}>
          {t('builder.change_id')}
        </button>
      </form>
      <FaultsAt path={[...path, 'id']} />
    </details>
  );
}
