import type { Random } from './random.ts';
import {
  BAD_HOUR_INTEREST,
  BAD_HOURS,
  BROKEN_FORM_REACHABLE,
  HOURS,
  REASONS,
  SELLERS,
  SERVICES,
  ZONES,
} from './story.ts';
import type { Campaign } from './story.ts';

/** Mexico City has had no daylight saving since 2022. */
const OFFSET_MS = 6 * 3_600_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** A day of the demo, as its leads need it. */
export interface DemoDay {
  /** Midnight UTC of the local date. */
  readonly midnight: number;
  readonly campaigns: readonly (readonly [Campaign, number])[];
  readonly formIsBroken: boolean;
}

export interface DemoLead {
  readonly campaign: Campaign;
  readonly lead: readonly (string | number)[];
  readonly update: readonly (string | number)[] | null;
  readonly activities: readonly (readonly (string | number)[])[];
}

const weighted = <T extends { readonly weight: number }>(
  items: readonly T[],
): readonly (readonly [T, number])[] => items.map((item) => [item, item.weight] as const);

const ZONE_WEIGHTS = weighted(ZONES);
const SERVICE_WEIGHTS = weighted(SERVICES);
const SELLER_WEIGHTS = weighted(SELLERS);
const HOUR_WEIGHTS = HOURS.map((weight, hour) => [hour, weight] as const);

function iso(instant: number): string {
  return new Date(Math.floor(instant / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

/** The next moment of working hours (9 to 19, not on Sundays) at or after one. */
function whenOpen(instant: number): number {
  const local = new Date(instant - OFFSET_MS);
  const hour = local.getUTCHours();
  if (local.getUTCDay() !== 0 && hour >= 9 && hour < 19) return instant;
  const days = hour >= 19 || local.getUTCDay() === 0 ? 1 : 0;
  const opening =
    Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate() + days, 9) + OFFSET_MS;
  return new Date(opening - OFFSET_MS).getUTCDay() === 0 ? opening + DAY_MS : opening;
}

/**
 * One lead with all that happened to it until the end.
 *
 * @param number its place among all, of which its id, telephone and mail are made
 * @param end the last instant that is known, in milliseconds since 1970
 */
export function makeLead(random: Random, number: number, day: DemoDay, end: number): DemoLead {
  const campaign = random.pick(day.campaigns);
  const zone = random.pick(ZONE_WEIGHTS);
  const service = random.pick(SERVICE_WEIGHTS);
  const seller = random.pick(SELLER_WEIGHTS);
  const hour = random.pick(HOUR_WEIGHTS);
  const created = day.midnight + OFFSET_MS + hour * HOUR_MS + Math.floor(random.between(0, HOUR_MS));
  const reachable = random.chance(
    day.formIsBroken ? Math.min(campaign.reachable, BROKEN_FORM_REACHABLE) : campaign.reachable,
  );
  const age = random.chance(0.06) ? '' : Math.round(Math.max(16, Math.min(82, random.normal(39, 11))));
  const id = `L${String(number).padStart(7, '0')}`;
  const digits = String(number).padStart(8, '0');
  const hasPhone = reachable && random.chance(0.88);
  const lead = [
    id,
    iso(created),
    age,
    random.chance(0.02) ? '' : zone.name,
    service.name,
    seller.name,
    campaign.source,
    campaign.name ?? '',
    hasPhone ? `+52 55 0${digits.slice(1, 4)} ${digits.slice(4)}` : '',
    reachable && (!hasPhone || random.chance(0.6)) ? `lead${number}@example.com` : '',
  ];
  const activities: (readonly (string | number)[])[] = [];
  const add = (at: number, type: string, outcome = '', amount: number | '' = '', reason = ''): boolean => {
    if (at > end) return false;
    activities.push([
      `${id}-${activities.length + 1}`,
      id,
      type,
      iso(at),
      outcome,
      seller.name,
      amount,
      reason,
    ]);
    return true;
  };
  const isProfiled = reachable && age !== '' && age >= 25 && age <= 60;
  const interest = 0.62 * campaign.interest * zone.interest * (BAD_HOURS.has(hour) ? BAD_HOUR_INTEREST : 1);
  const called = whenOpen(created + random.around(seller.hours, 0.7) * HOUR_MS);
  const quick = called - created < 4 * HOUR_MS;
  const update = follow();
  return { campaign, lead, update, activities };

  function follow(): readonly (string | number)[] | null {
    if (!reachable) {
      if (random.chance(0.7))
        add(created + random.between(3, 9) * DAY_MS, 'disqualified', '', '', 'no contesta');
      return null;
    }
    let at = called;
    for (let attempt = 0; attempt < 3 && random.chance(0.28); attempt += 1) {
      if (!add(at, 'call', 'no_answer')) return null;
      at = whenOpen(at + random.between(3, 30) * HOUR_MS);
    }
    const isInterested = random.chance(Math.min(0.92, interest * (quick ? 1.08 : 0.74)));
    if (!add(at, 'call', isInterested ? 'interested' : 'not_interested')) return null;
    const budget = Math.round(random.around(service.ticket * 0.62, 0.55) / 100) * 100;
    const known = at <= end ? [id, iso(at + 60_000), budget] : null;
    if (!isInterested || !isProfiled || budget < 8000) {
      // Few who were never qualified buy all the same: a skip for the agreement to talk about.
      if (isInterested && random.chance(0.03))
        add(at + random.between(5, 20) * DAY_MS, 'sale', '', priceOf(budget));
      else if (random.chance(0.75))
        add(
          at + random.between(0.1, 6) * DAY_MS,
          'disqualified',
          '',
          '',
          budget < 8000 ? 'sin presupuesto' : random.pick(REASONS),
        );
      return known;
    }
    if (random.chance(0.5)) add(at + random.between(1, 20) * HOUR_MS, 'message', 'sent');
    const meeting = whenOpen(at + random.around(5, 0.8) * DAY_MS);
    const came = random.chance(0.64);
    if (!add(meeting, 'meeting', came ? 'held' : 'no_show')) return known;
    if (!came) {
      if (random.chance(0.45))
        add(meeting + random.between(1, 9) * DAY_MS, 'disqualified', '', '', random.pick(REASONS));
      return known;
    }
    if (random.chance(0.8)) add(meeting + random.between(1, 6) * HOUR_MS, 'proposal', 'sent');
    if (random.chance(Math.min(0.95, service.close * seller.close))) {
      add(whenOpen(meeting + random.around(6, 0.9) * DAY_MS), 'sale', '', priceOf(budget));
    } else if (random.chance(0.6)) {
      add(meeting + random.between(4, 25) * DAY_MS, 'disqualified', '', '', random.pick(REASONS));
    }
    return known;
  }

  function priceOf(budget: number): number {
    return Math.round((0.5 * service.ticket + 0.5 * budget) * random.between(0.85, 1.15));
  }
}
