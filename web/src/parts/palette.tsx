import { useState } from 'react';
import type { KeyboardEvent as KeyEvent, ReactNode } from 'react';
import { useReading } from '../language.tsx';
import { useCommands } from './commands.ts';
import type { Command } from './commands.ts';
import { useDialog } from './dialog.ts';

const MOST_SHOWN = 12;

/** Words of a text without accents or case, so that `tecnico` finds «Técnico». */
function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** All that can be done from here, found by its name. */
export function Palette({
  close,
  help,
}: {
  readonly close: () => void;
  readonly help: () => void;
}): ReactNode {
  const { t } = useReading();
  const commands = useCommands();
  const dialog = useDialog();
  const [text, setText] = useState('');
  const words = plain(text).split(/\s+/).filter(Boolean);
  const helpCommand: Command = { id: 'help', group: 'reading', name: t('keys.title'), keys: '?', run: help };
  const found = [...commands, helpCommand]
    .filter(({ name, group }) => {
      const whole = plain(`${t(`commands.group.${group}`)} ${name}`);
      return words.every((word) => whole.includes(word));
    })
    .slice(0, MOST_SHOWN);
  const run = (command: Command | undefined): void => {
    if (command === undefined) return;
    close();
    command.run();
  };
  const move = (event: KeyEvent<HTMLElement>): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const stops = [...(dialog.current?.querySelectorAll<HTMLElement>('input, li button') ?? [])];
    if (step === 0 || stops.length === 0) return;
    event.preventDefault();
    const at = stops.findIndex((stop) => stop === document.activeElement);
    stops[(at + step + stops.length) % stops.length]?.focus();
  };
  return (
    <dialog ref={dialog} className="palette" aria-label={t('commands.title')} onClose={close} closedby="any">
      <input
        type="text"
        aria-label={t('commands.title')}
        placeholder={t('commands.placeholder')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          move(event);
          if (event.key !== 'Enter') return;
          event.preventDefault();
          run(found[0]);
        }}
      />
      <ul>
        {found.map((command) => (
          <li key={command.id}>
            <button type="button" onKeyDown={move} onClick={() => run(command)}>
              <small>{t(`commands.group.${command.group}`)}</small>
              <span>{command.name}</span>
              {command.keys !== undefined && <kbd>{command.keys}</kbd>}
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="nothing">{t('commands.none')}</p>}
    </dialog>
  );
}
