import { useEffect, useRef } from 'react';
import type { RefObject } from 'react';

/** A dialog that is modal while it is there: it holds the focus, and gives it back. */
export function useDialog(): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current } = dialog;
    if (current?.open === false) current.showModal();
  }, []);
  return dialog;
}
