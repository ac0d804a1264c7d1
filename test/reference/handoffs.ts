import { reachedStages } from '../../src/core/agreement/agreement.ts';
import type { Handoff } from '../../src/core/agreement/agreement.ts';
import { workingHoursOf } from '../../src/core/facts/handoffs.ts';
import { takesActivity } from '../../src/core/rule/takes-activity.ts';
import { selected } from './counts.ts';
import type { Counting } from './counts.ts';
import { calendarGroup, groupOf, localDay, localTime } from './groups.ts';
import type { LeadFacts } from './lead-facts.ts';
import type { Instant, Setting } from './records.ts';
import { workedBetween } from './working-time.ts';

export type Outcome = 'kept' | 'late' | 'overdue' | 'missed' | 'pending' | 'closed';

/** How a hand-over of one lead stands. */
export interface HandoffStanding {
  readonly leadId: string;
  readonly since: Instant;
  readonly outcome: Outcome;
  /** Microseconds until the answer, until the wait ended without one, or until now. */
  readonly waited: number;
}

/** Microseconds of what counts as time between two instants. */
export function timeBetween(setting: Setting, handoff: Handoff, from: Instant, to: Instant): number {
  const hours = workingHoursOf(handoff, setting.agreement);
  if (hours === null) return Number(to - from);
  return Math.round(workedBetween(hours, Number(from) / 1000, Number(to) / 1000) * 1000);
}

/** The standing of a lead that reached the stage of a hand-over; `null` of one that did not. */
export function handoffStanding(
  setting: Setting,
  handoff: Handoff,
  lead: LeadFacts,
  now: Instant,
): HandoffStanding | null {
  const since = lead.stages.get(handoff.from)?.reachedAt ?? null;
  if (since === null) return null;
  const { leadId } = lead;
  const promised = handoff.within.seconds * 1_000_000;
  const told = (until: Instant, inside: Outcome, outside: Outcome): HandoffStanding => {
    const waited = until <= since ? 0 : timeBetween(setting, handoff, since, until);
    return { leadId, since, outcome: waited <= promised ? inside : outside, waited };
  };
  const answer = lead.handed.get(handoff.id) ?? null;
  const end = endWithoutAnswer(setting, handoff, lead, since);
  if (answer !== null && (end === null || answer <= end)) return told(answer, 'kept', 'late');
  return end === null ? told(now, 'pending', 'overdue') : told(end, 'closed', 'missed');
}

/** Lost, or on to a later stage that takes an activity. */
function endWithoutAnswer(
  { agreement }: Setting,
  handoff: Handoff,
  lead: LeadFacts,
  since: Instant,
): Instant | null {
  const stages = reachedStages(agreement);
  const ends = [lead.lostAt];
  let later = false;
  for (const stage of stages) {
    if (later && stage.criteria.some(({ rule }) => takesActivity(rule.expression)))
      ends.push(lead.stages.get(stage.id)?.reachedAt ?? null);
    if (stage.id === handoff.from) later = true;
  }
  const known = ends.filter((end) => end !== null).map((end) => (end < since ? since : end));
  return known.length === 0 ? null : known.reduce((first, end) => (end < first ? end : first));
}

/** How many leads of a hand-over stand in each way, up to the instant of the setting. */
export function countHandoff(
  setting: Setting,
  handoff: Handoff,
  leads: readonly LeadFacts[],
  question: Counting,
): Readonly<Record<Outcome | 'entered', number>> {
  const counts = { entered: 0, kept: 0, late: 0, overdue: 0, missed: 0, pending: 0, closed: 0 };
  for (const lead of selected(setting, leads, question)) {
    const standing = handoffStanding(setting, handoff, lead, setting.asOf);
    if (standing === null) continue;
    const day = localDay(standing.since, setting.agreement.timezone);
    if (day < (question.from ?? '') || day > (question.to ?? '9999')) continue;
    counts.entered += 1;
    counts[standing.outcome] += 1;
  }
  return counts;
}

/** The group of a lead in a hand-over; null is the missing one. */
export function handoffGroup(
  setting: Setting,
  handoff: Handoff,
  lead: LeadFacts,
  standing: HandoffStanding,
  by: string,
): string | null {
  const { agreement } = setting;
  const declared = agreement.dimensions.find(({ id }) => id === by);
  if (by === 'seller' || declared?.kind === 'activity') {
    const answered = standing.outcome === 'kept' || standing.outcome === 'late';
    const member = declared?.kind === 'activity' ? declared.member : 'seller';
    const activity = answered ? (lead.answers.get(handoff.id) ?? null) : null;
    const own = member === 'seller' ? lead.latest.get('seller') : undefined;
    return activity?.[member] ?? (own === undefined ? null : String(own));
  }
  if (declared === undefined) throw new RangeError(by);
  if (declared.kind !== 'calendar') return groupOf(agreement, declared, lead);
  const local = localTime(standing.since, agreement.timezone);
  return calendarGroup(declared.part, local.toPlainDate(), local.hour, agreement);
}

/** A quantile with linear interpolation between the two values beside it. */
export function quantile(values: readonly number[], level: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * level;
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? 0;
  return below + (above - below) * (place - Math.floor(place));
}
