import { Temporal } from 'temporal-polyfill';
import { workingSpans } from './working-time.ts';
import type { Span, WorkingHours } from './working-time.ts';

/**
 * The last instant at which no more than so much working time has passed since another. Where the time is used
 * up just as work ends, that is when work begins anew: until then no more of it passes.
 *
 * @param oldest the earliest instant that will be asked of (all are microseconds since 1970)
 * @returns the deadline of an instant and a promise, both in microseconds
 */
export function workingDeadlines(
  hours: WorkingHours,
  oldest: number,
): (since: number, promised: number) => number {
  const more = workingSpans(hours, dayBefore(oldest, hours.timezone));
  const spans: (Span & { readonly before: number })[] = [];
  let passed = 0;
  const spanAt = (nth: number): Span & { readonly before: number } => {
    for (;;) {
      const known = spans[nth];
      if (known !== undefined) return known;
      const { value, done } = more.next();
      if (done === true) throw new RangeError('hours that never open');
      spans.push({ ...value, before: passed });
      passed += value.to - value.from;
    }
  };
  /** The first span, from one on, of which something holds: it holds of all after it. */
  const first = (holds: (span: Span & { readonly before: number }) => boolean, from: number): number => {
    let [low, high, step] = [from, from, 1];
    while (!holds(spanAt(high))) {
      low = high + 1;
      high += step;
      step *= 2;
    }
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (holds(spanAt(middle))) high = middle;
      else low = middle + 1;
    }
    return high;
  };
  return (since, promised) => {
    const nth = first(({ to }) => to > since, 0);
    const { from, before } = spanAt(nth);
    const target = before + Math.max(0, since - from) + promised;
    const last = spanAt(first((span) => span.before + span.to - span.from > target, nth));
    return last.from + target - last.before;
  };
}

/** The local day before that of an instant (ISO): work may go on after midnight where the clock is put back. */
function dayBefore(instant: number, timezone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(instant / 1000))
    .toZonedDateTimeISO(timezone)
    .toPlainDate()
    .subtract({ days: 1 })
    .toString();
}
