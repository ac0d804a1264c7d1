import type { Activity, Instant, LeadVersion, Records, Setting, Value } from './records.ts';
import { byRecording, isLater, stands } from './records.ts';

/** A lead at an instant. */
export interface State {
  readonly createdAt: Instant;
  readonly attributes: ReadonlyMap<string, Value>;
  readonly activities: readonly Activity[];
}

/** What is known of a lead as of an instant. */
export interface History {
  readonly leadId: string;
  readonly createdAt: Instant;
  /** In the order in which they hold; the later of two wins. */
  readonly versions: readonly (LeadVersion & { readonly from: Instant })[];
  /** The latest record of each, in the order in which they happened. */
  readonly activities: readonly Activity[];
  /** When something happened or changed, ascending. */
  readonly instants: readonly Instant[];
}

/** Each lead's history; those without a creation by then are not leads yet. */
export function histories(records: Records, { asOf }: Setting): readonly History[] {
  const versions = byLead(records.versions.filter((version) => stands(version, asOf)));
  const activities = byLead(latestActivities(records, asOf));
  return [...versions.keys()].toSorted().flatMap((leadId) => {
    const history = historyOf(leadId, versions.get(leadId) ?? [], activities.get(leadId) ?? [], asOf);
    return history === null ? [] : [history];
  });
}

function byLead<T extends { readonly leadId: string }>(
  records: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const record of records) {
    const group = groups.get(record.leadId);
    if (group === undefined) groups.set(record.leadId, [record]);
    else group.push(record);
  }
  return groups;
}

function latestActivities(records: Records, asOf: Instant): readonly Activity[] {
  const latest = new Map<string, Activity>();
  for (const activity of records.activities) {
    if (!stands(activity, asOf)) continue;
    const known = latest.get(activity.activityId);
    if (known === undefined || isLater(known, activity)) latest.set(activity.activityId, activity);
  }
  return [...latest.values()];
}

/** Before every instant. */
const UNDATED = -(2n ** 63n);

function historyOf(
  leadId: string,
  recorded: readonly LeadVersion[],
  happened: readonly Activity[],
  asOf: Instant,
): History | null {
  // Undated ones first: they hold from the creation, and any date says more.
  const inOrder = recorded.toSorted(
    (a, b) => compare(a.effectiveAt ?? UNDATED, b.effectiveAt ?? UNDATED) || byRecording(a, b),
  );
  const createdAt = inOrder.findLast((version) => version.createdAt !== null)?.createdAt ?? null;
  if (createdAt === null || createdAt > asOf) return null;
  const versions = inOrder
    .map((version) => ({ ...version, from: version.effectiveAt ?? createdAt }))
    .filter((version) => version.from <= asOf)
    .toSorted(
      (a, b) =>
        compare(a.from, b.from) ||
        Number(a.effectiveAt !== null) - Number(b.effectiveAt !== null) ||
        byRecording(a, b),
    );
  const activities = happened
    .filter((activity) => activity.at <= asOf)
    .toSorted((a, b) => compare(a.at, b.at) || compare(a.activityId, b.activityId));
  const instants = new Set([
    createdAt,
    ...versions.map((version) => version.from),
    ...activities.map((activity) => activity.at),
  ]);
  return { leadId, createdAt, versions, activities, instants: [...instants].toSorted(compare) };
}

/** The state at an instant: facts of that very instant count. */
export function stateAt(history: History, instant: Instant): State {
  const attributes = new Map<string, Value>();
  for (const version of history.versions) {
    if (version.from > instant) continue;
    for (const [name, value] of version.attributes) {
      if (value === null) attributes.delete(name);
      else attributes.set(name, value);
    }
  }
  return {
    createdAt: history.createdAt,
    attributes,
    activities: history.activities.filter((activity) => activity.at <= instant),
  };
}

/** The first value that each attribute had. */
export function firstValues(history: History): ReadonlyMap<string, Value> {
  const first = new Map<string, Value>();
  for (const version of history.versions) {
    for (const [name, value] of version.attributes) {
      if (value !== null && !first.has(name)) first.set(name, value);
    }
  }
  return first;
}

export function compare<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
