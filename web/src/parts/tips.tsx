import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';

/** Between a tip, what it is of, and the edges of the window, in pixels. */
const GAP = 6;
/** What is wider is told of where the pointer is. */
const WIDE = 160;

interface Shown {
  readonly text: string;
  /** In pixels of the window: where its middle should be, and the part that it must not cover. */
  readonly middle: number;
  readonly top: number;
  readonly bottom: number;
}

function tippedAt(target: EventTarget | null): Element | null {
  return target instanceof Element ? target.closest('[data-tip]') : null;
}

/** Whether the keyboard is there. */
function isReached(element: Element | null): element is Element {
  return element?.matches(':focus-visible') === true;
}

function shownOf(element: Element, pointer: number | null): Shown {
  const { left, width, top, bottom } = element.getBoundingClientRect();
  return {
    text: element.getAttribute('data-tip') ?? '',
    middle: pointer !== null && width > WIDE ? pointer : left + width / 2,
    top,
    bottom,
  };
}

/**
 * Tells what is pointed at, marked by `tip`: at once under a mouse or the keyboard, and under a finger with a tap. It
 * stays while the pointer is over it, and Escape sends it away (WCAG 2.2, 1.4.13).
 */
export function Tips(): ReactNode {
  const [shown, setShown] = useState<Shown | null>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const ended = new AbortController();
    const on = <K extends keyof DocumentEventMap>(
      name: K,
      heard: (event: DocumentEventMap[K]) => void,
    ): void => document.addEventListener(name, heard, { signal: ended.signal, capture: true });
    let told: Element | null = null;
    let isTouched = false;
    const tell = (element: Element | null, pointer: number | null): void => {
      if (element === told) return;
      told = element;
      setShown(element === null ? null : shownOf(element, pointer));
    };
    let last = '';
    let isSentAway = false;
    const point = ({ target, pointerType, clientX, clientY }: PointerEvent): void => {
      if (pointerType !== 'mouse') return;
      const at = `${clientX} ${clientY}`;
      const isStill = at === last;
      last = at;
      if (target instanceof Node && box.current?.contains(target) === true) return;
      // It is the page that moved under it: with the keyboard, or as a tip went away.
      if (isStill && (isSentAway || isReached(told))) return;
      isSentAway = false;
      tell(tippedAt(target), clientX);
    };
    on('pointerover', point);
    // After a scroll under a pointer that stood still.
    on('pointermove', point);
    on('pointerout', ({ pointerType, relatedTarget }) => {
      if (pointerType === 'mouse' && relatedTarget === null) tell(null, null);
    });
    on('focusin', ({ target }) => {
      if (target instanceof Element && target.matches(':focus-visible')) tell(tippedAt(target), null);
    });
    on('focusout', () => tell(null, null));
    on('keydown', ({ key }) => {
      if (key !== 'Escape' || told === null) return;
      isSentAway = true;
      tell(null, null);
    });
    // It goes with what it is of, until that is out of sight.
    on('scroll', () => {
      if (told === null) return;
      const there = shownOf(told, null);
      if (there.bottom < 0 || there.top > window.innerHeight) tell(null, null);
      else setShown((before) => ({ ...there, middle: before?.middle ?? there.middle }));
    });
    // A screen reader's tap has no extent: what it is on has been read aloud.
    on('pointerdown', ({ pointerType, width, height }) => {
      isTouched = pointerType !== 'mouse' && width + height > 0;
    });
    on('click', (event) => {
      const element = tippedAt(event.target);
      const isFirst = isTouched && element !== null && element !== told;
      if (isFirst && element.hasAttribute('data-tip-first')) {
        event.preventDefault();
        event.stopPropagation();
      }
      tell(isFirst ? element : null, event.clientX);
    });
    return () => ended.abort();
  }, []);
  useLayoutEffect(() => {
    const { current } = box;
    if (current === null || shown === null) return;
    const { offsetWidth, offsetHeight } = current;
    const left = Math.min(shown.middle - offsetWidth / 2, window.innerWidth - offsetWidth - GAP);
    const isAbove = shown.top - offsetHeight - GAP >= 0;
    current.style.left = `${Math.max(GAP, left)}px`;
    current.style.top = `${isAbove ? shown.top - offsetHeight : shown.bottom}px`;
  }, [shown]);
  if (shown === null) return null;
  return (
    <div className="tip" ref={box} aria-hidden="true">
      <span>{shown.text}</span>
    </div>
  );
}
