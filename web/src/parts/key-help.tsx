import type { ReactNode } from 'react';
import { useReading } from '../language.tsx';
import { useCommands } from './commands.ts';
import { useDialog } from './dialog.ts';

/** The keys, on a sheet. */
export function KeyHelp({ close }: { readonly close: () => void }): ReactNode {
  const { t } = useReading();
  const commands = useCommands();
  const dialog = useDialog();
  const keys = [
    [t('commands.key'), t('commands.title')],
    ['?', t('keys.title')],
    ...commands.flatMap(({ keys: each, name }) => (each === undefined ? [] : [[each, name] as const])),
    ['Esc', t('keys.close')],
  ] as const;
  return (
    <dialog
      ref={dialog}
      className="palette key-help"
      aria-labelledby="keys-title"
      onClose={close}
      closedby="any"
    >
      <h2 id="keys-title">{t('keys.title')}</h2>
      <dl>
        {keys.map(([key, name]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{name}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={close}>
        {t('keys.close')}
      </button>
    </dialog>
  );
}
