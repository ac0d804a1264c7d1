import type { NumberFormat } from '../diagnostic/numbers.ts';
import type { Translate } from '../diagnostic/wording.ts';
import type { HandoffAnswer, HandoffsAnswer } from './handoffs-answer.ts';

/** How the reader calls things, and writes numbers. */
export interface HandoffNames {
  readonly translate: Translate;
  readonly format: NumberFormat;
  stage(id: string): string;
  area(id: string): string;
}

const SECONDS_OF_A_DAY = 86_400;
/** A weekday alone tells which day is meant for so many days. */
const DAYS_OF_A_WEEKDAY = 6;
/** From here on minutes say less than hours. */
const LONG_SECONDS = 5400;

/** A length of time: working time never in days, of which nobody knows how long they are. */
export function waitText(seconds: number, working: boolean, format: NumberFormat): string {
  return working && seconds >= LONG_SECONDS ? `${format.tenths(seconds / 3600)} h` : format.duration(seconds);
}

/** An instant as people tell it: by the weekday where it was in these days. */
export function sinceText(instant: string, now: string, { translate, format }: HandoffNames): string {
  const days = (Date.parse(now) - Date.parse(instant)) / 1000 / SECONDS_OF_A_DAY;
  return days < DAYS_OF_A_WEEKDAY
    ? translate('handoffs.since.weekday', { weekday: format.weekday(instant), time: format.time(instant) })
    : translate('handoffs.since.day', { at: format.instant(instant) });
}

/** Whether it is kept, in a sentence. */
export function handoffFinding(handoff: HandoffAnswer, names: HandoffNames): string {
  const { translate, format } = names;
  const { share, entered, kept } = handoff;
  const key =
    share.denominator > 0
      ? 'handoffs.finding'
      : entered > 0
        ? 'handoffs.finding.young'
        : 'handoffs.finding.none';
  return translate(key, {
    stage: names.stage(handoff.from),
    area: names.area(handoff.owner),
    span: format.span(handoff.within_seconds),
    hours: handoff.working ? 'working' : 'calendar',
    judged: format.count(share.denominator),
    n: share.denominator > 0 ? share.denominator : entered,
    entered: format.count(entered),
    kept: format.count(kept),
    rate: format.percent(share.rate),
    interval: format.interval(share.low, share.high),
  });
}

/** Who waits now, and since when; then who waits since before the range. */
export function waitingFinding(
  { waiting, overdue, oldest, earlier }: HandoffAnswer,
  { now }: HandoffsAnswer,
  names: HandoffNames,
): string {
  const { translate, format } = names;
  const [first] = oldest;
  const said =
    waiting === 0 || first === undefined
      ? translate('handoffs.waiting.none')
      : translate('handoffs.waiting.some', {
          n: waiting,
          count: format.count(waiting),
          since: sinceText(first.since, now, names),
          kind: overdue === 0 ? 'none' : overdue === waiting ? 'all' : 'some',
          late: format.count(overdue),
        });
  if (earlier.waiting === 0) return said;
  return `${said} ${translate('handoffs.earlier', { n: earlier.waiting, count: format.count(earlier.waiting) })}`;
}

/** How long an answer takes; `null` where there is none. */
export function timesFinding(
  { time, working }: HandoffAnswer,
  { translate, format }: HandoffNames,
): string | null {
  if (time === null) return null;
  const text = (seconds: number): string => waitText(seconds, working, format);
  return translate('handoffs.times', {
    p50: text(time.p50),
    p75: text(time.p75),
    p90: text(time.p90),
    hours: working ? 'working' : 'calendar',
  });
}
