import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent as KeyEvent, ReactNode } from 'react';
import { useReading } from '../language.tsx';
import { useCommands } from './commands.ts';
import type { Command } from './commands.ts';
import { useDialog } from './dialog.ts';
import { KeyHelp } from './key-help.tsx';

/** How long after `g` the key of a screen still counts. */
const SEQUENCE_MS = 1200;
const MOST_SHOWN = 12;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, select, textarea, [contenteditable]') !== null
  );
}

/** Words of a text without accents or case, so that `tecnico` finds «Técnico». */
function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** Everything by its name: Ctrl or ⌘ K; and the keys that do some of it at once. */
export function CommandPalette(): ReactNode {
  const { t } = useReading();
  const commands = useCommands();
  const [open, setOpen] = useState<'palette' | 'help' | null>(null);
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => {
    let first: { readonly key: string; readonly at: number } | null = null;
    const pressed = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        setOpen((before) => (before === 'palette' ? null : 'palette'));
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('dialog[open]') !== null) return;
      if (event.key === '?') {
        setOpen('help');
        return;
      }
      const pair =
        first !== null && event.timeStamp - first.at < SEQUENCE_MS ? `${first.key} ${event.key}` : event.key;
      first = { key: event.key, at: event.timeStamp };
      const command = latest.current.find(({ keys }) => keys === pair);
      if (command === undefined) return;
      event.preventDefault();
      first = null;
      command.run();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, []);
  // A dialog tells late that it is closed: by then the other may be open.
  const closed = (which: 'palette' | 'help') => (): void =>
    setOpen((before) => (before === which ? null : before));
  return (
    <>
      <button
        type="button"
        className="palette-open"
        aria-keyshortcuts="Control+K"
        onClick={() => setOpen('palette')}
      >
        {t('commands.open')} <kbd aria-hidden="true">{t('commands.key')}</kbd>
      </button>
      {open === 'palette' && (
        <Palette commands={commands} close={closed('palette')} help={() => setOpen('help')} />
      )}
      {open === 'help' && <KeyHelp commands={commands} close={closed('help')} />}
    </>
  );
}

function Palette({
  commands,
  close,
  help,
}: {
  readonly commands: readonly Command[];
  readonly close: () => void;
  readonly help: () => void;
}): ReactNode {
  const { t } = useReading();
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
