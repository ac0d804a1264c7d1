import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useReading } from '../language.tsx';
import { useKeyActions } from './key-actions.ts';
import { KeyHelp } from './key-help.tsx';
import { Palette } from './palette.tsx';

/** How long after `g` the key of a screen still counts. */
const SEQUENCE_MS = 1200;

/** A dialog that has just closed keeps the focus until the page is drawn again: nobody types there. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, select, textarea, [contenteditable]') !== null &&
    target.closest('dialog:not([open])') === null
  );
}

/** Everything by its name: Ctrl or ⌘ K; and the keys that do some of it at once. */
export function CommandPalette(): ReactNode {
  const { t } = useReading();
  const actions = useKeyActions();
  const [open, setOpen] = useState<'palette' | 'help' | null>(null);
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
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
      const run = latest.current.get(pair);
      if (run === undefined) return;
      event.preventDefault();
      first = null;
      run();
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
      {open === 'palette' && <Palette close={closed('palette')} help={() => setOpen('help')} />}
      {open === 'help' && <KeyHelp close={closed('help')} />}
    </>
  );
}
