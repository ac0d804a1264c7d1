import type { NumberFormat } from '../diagnostic/numbers.ts';
import type { MessageValues, Translate } from '../diagnostic/wording.ts';
import { addDays } from '../calendar/add-days.ts';
import type { StageTarget } from './target-shape.ts';
import type { TargetAnswer, TargetForecast, TargetsAnswer } from './targets-answer.ts';

/** How the reader calls things, and writes numbers. */
export interface TargetNames {
  readonly translate: Translate;
  readonly format: NumberFormat;
  area(id: string): string;
}

type Kind = TargetAnswer['kind'];

/** A value as its kind is written: a count, a percentage, money, or how many times the spend. */
export function targetValue(
  kind: Kind,
  value: number | null,
  { format }: Pick<TargetNames, 'format'>,
): string {
  switch (kind) {
    case 'count':
      return format.count(value);
    case 'share':
      return format.percent(value);
    case 'cost':
    case 'value':
      return format.money(value);
    case 'return':
      return value === null ? format.tenths(value) : `${format.tenths(value)}×`;
  }
}

/** What was agreed on, as it was written: `60%`, `MX$380`. */
export function goalValue(kind: Kind, goal: number | null, { format }: Pick<TargetNames, 'format'>): string {
  switch (kind) {
    case 'count':
      return format.count(goal);
    case 'share':
      return format.agreed(goal, 'percent');
    case 'cost':
    case 'value':
      return format.agreed(goal, 'money');
    case 'return':
      return goal === null ? format.count(goal) : `${format.agreed(goal, 'times')}×`;
  }
}

/** `at least 60%`, `at most MX$380`. */
export function goalText(
  { kind, bound, goal }: Pick<TargetAnswer, 'kind' | 'bound' | 'goal'>,
  names: TargetNames,
): string {
  return names.translate(`targets.${bound}`, { goal: goalValue(kind, goal, names) });
}

/** Both ends of a forecast: `380–455`. */
export function forecastText(kind: Kind, forecast: TargetForecast | null, names: TargetNames): string {
  if (forecast === null) return names.format.count(null);
  const { low, high } = forecast;
  const [from, to] = [low, high].map((end) => targetValue(kind, end, names));
  if (from === to || to === undefined || from === undefined) return from ?? '';
  switch (kind) {
    case 'count':
      return `${from}–${to}`;
    case 'share':
      return names.format.interval(low, high);
    case 'cost':
    case 'value':
      return names.format.moneyInterval(low, high);
    case 'return':
      return `${names.format.tenths(low)}–${to}`;
  }
}

/** `June 2026`, `week from Jun 22`, `Q2 2026`. */
export function periodText(
  { from }: { readonly from: string },
  per: TargetAnswer['per'],
  names: TargetNames,
): string {
  if (per === 'month') return names.format.month(from);
  return names.translate(`targets.period.${per}`, {
    day: names.format.day(from),
    quarter: Math.ceil(Number(from.slice(5, 7)) / 3),
    year: from.slice(0, 4),
  });
}

/** Where less may be better, and sums grow while ratios do not: the three ways to speak of a target. */
function formOf({ kind, bound }: Pick<TargetAnswer, 'kind' | 'bound'>): string {
  const isSum = kind === 'count' || kind === 'value';
  return `${isSum ? 'sum' : 'ratio'}_${bound}`;
}

/** How it stands in two or three words: `behind pace`. */
export function statusText(
  target: Pick<TargetAnswer, 'kind' | 'bound' | 'status'>,
  names: TargetNames,
): string {
  return names.translate(`targets.word.${target.status}`, { form: formOf(target) });
}

/** The finding first, whose it is, and how the period ends if things go on. */
export function targetSentence(target: TargetAnswer, names: TargetNames): string {
  const { translate, format } = names;
  const { kind, status, period, pace, forecast } = target;
  const area = names.area(target.owner);
  if (status === 'unknown') return translate(`targets.unknown.${target.reason ?? 'nothing_yet'}`, { area });
  const text = (value: number | null): string => targetValue(kind, value, names);
  const values: MessageValues = {
    area,
    form: formOf(target),
    closed: period.complete ? 'yes' : 'no',
    value: text(period.complete || pace === null ? target.value : pace.value),
    expected: text(pace?.expected ?? null),
    goal: goalValue(kind, target.goal, names),
    day: format.day(target.known_to),
    period: periodText(period, target.per, names),
    end: forecastText(kind, forecast, names),
  };
  const soFar = translate(pace === null ? 'targets.so_far.whole' : 'targets.so_far.paced', values);
  const end = forecast === null ? '' : `; ${translate('targets.end', values)}`;
  return `${translate(`targets.says.${status}`, values)}: ${soFar}${end}.`;
}

/** What the days left must bring, where the goal is not yet in sight; else nothing. */
export function neededSentence(target: TargetAnswer, names: TargetNames): string {
  const { kind, status, forecast } = target;
  if (forecast === null || forecast.needed === null) return '';
  if (status !== 'behind' && status !== 'out_of_reach') return '';
  const text = (value: number): string =>
    kind === 'count' ? names.format.tenths(value) : targetValue(kind, value, names);
  return names.translate('targets.needed', {
    form: formOf(target),
    needed: text(forecast.needed),
    recent: text(forecast.recent),
    days: forecast.days_left,
  });
}

/** In how many of the periods before it was met. */
export function historySentence({ history, per }: TargetAnswer, names: TargetNames): string {
  const told = history.filter(({ met }) => met !== null);
  if (told.length === 0) return '';
  return names.translate('targets.history', {
    met: told.filter(({ met }) => met === true).length,
    count: told.length,
    per,
  });
}

/** How targets are counted, and where the data end before today. */
export function targetNotes(answer: TargetsAnswer, names: TargetNames): readonly string[] {
  const { range, today, data_to: dataTo, mode } = answer;
  const notes = [names.translate(`targets.mode.${mode}`)];
  if (dataTo !== null && range.to < dataTo)
    notes.push(names.translate('targets.as_it_stood', { day: names.format.day(range.to) }));
  else if (dataTo !== null && dataTo < addDays(today, -1))
    notes.push(names.translate('targets.data_end', { day: names.format.day(dataTo) }));
  return notes;
}

/** A stage's target: `65.3% of at least 60% (June 2026): on the way to it`. */
export function stageTargetText(target: StageTarget, names: TargetNames): string {
  return names.translate('targets.at_stage', {
    goal: goalText(target, names),
    value: targetValue(target.kind, target.value, names),
    period: periodText(target, target.per, names),
    status: statusText(target, names),
  });
}
