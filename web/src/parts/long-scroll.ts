import { useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';

/** Browsers draw no box taller than some 30 million pixels; a shorter one keeps its scroll bar exact. */
const MOST_PIXELS = 8_000_000;
/** Rows drawn beyond both ends of what is seen. */
const SPARE = 8;
/** A scroll of more than so many boxes at once is a jump of the scroll bar, not a turn of the wheel. */
const JUMP = 4;

/** Rows of one height in a box that scrolls, however many there are. */
export interface LongScroll {
  readonly box: RefObject<HTMLDivElement | null>;
  /** The height of all rows, as the scroll bar shows it. */
  readonly height: number;
  /** The rows to draw, and where the first of them stands from the top of what is seen. */
  readonly first: number;
  readonly count: number;
  readonly top: number;
  readonly onScroll: () => void;
}

/** Where a scroll leads: exact by the wheel, in proportion by the scroll bar. In rows, with fractions. */
export function rowAfterScroll(
  row: number,
  { before, now, most, box }: { before: number; now: number; most: number; box: number },
  lastRow: number,
  rowPixels: number,
): number {
  if (now <= 0 || most <= 0) return 0;
  if (now >= most) return lastRow;
  const moved = now - before;
  const next = Math.abs(moved) > JUMP * box ? (now / most) * lastRow : row + moved / rowPixels;
  return Math.min(lastRow, Math.max(0, next));
}

/**
 * Scrolls through rows that are too many for a box to be as tall as all of them: the scroll bar stands in
 * proportion, and is set right after each turn of the wheel.
 */
export function useLongScroll(rows: number, rowPixels: number, headPixels: number): LongScroll {
  const box = useRef<HTMLDivElement>(null);
  const [row, setRow] = useState(0);
  const [seen, setSeen] = useState(20);
  const before = useRef(0);
  const height = Math.min(rows * rowPixels, MOST_PIXELS);
  const isWhole = rows * rowPixels <= MOST_PIXELS;
  const lastRow = Math.max(0, rows - seen + 1);
  useLayoutEffect(() => {
    const { current } = box;
    if (current === null) return undefined;
    const measure = (): void =>
      setSeen(Math.max(1, Math.floor((current.clientHeight - headPixels) / rowPixels)));
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    measure();
    return () => observer.disconnect();
  }, [headPixels, rowPixels]);
  const onScroll = useCallback(() => {
    const { current } = box;
    if (current === null) return;
    const now = current.scrollTop;
    if (now === before.current) return;
    const most = current.scrollHeight - current.clientHeight;
    const next = isWhole
      ? now / rowPixels
      : rowAfterScroll(
          row,
          { before: before.current, now, most, box: current.clientHeight },
          lastRow,
          rowPixels,
        );
    before.current = now;
    setRow(next);
    if (isWhole) return;
    const place = Math.round((next / lastRow) * most);
    if (place !== now && next > 0 && next < lastRow) {
      current.scrollTop = place;
      before.current = current.scrollTop;
    }
  }, [isWhole, lastRow, row, rowPixels]);
  const first = Math.max(0, Math.floor(row) - SPARE);
  return {
    box,
    height,
    first,
    count: Math.min(rows - first, seen + 2 * SPARE + 1),
    top: (first - row) * rowPixels,
    onScroll,
  };
}
