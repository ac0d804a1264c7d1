/**
 * What the demo tells, to be found by whoever looks: a campaign that brings many leads that nobody can reach,
 * a zone that qualifies badly, a seller who answers late, two bad hours of the day, and a month in which
 * sales fell because the form had lost its telephone.
 */
export interface Campaign {
  readonly name: string | null;
  readonly source: string;
  readonly platform: string | null;
  /** Leads a day, relative to the others. */
  readonly weight: number;
  readonly costPerLead: number;
  readonly clickRate: number;
  /** Share of its leads that leave a telephone or a mail that works. */
  readonly reachable: number;
  readonly interest: number;
  /** Months before the end in which it began; 0 for always. */
  readonly beganMonthsAgo: number;
}

export const CAMPAIGNS: readonly Campaign[] = [
  {
    name: 'Buscador · marca',
    source: 'google',
    platform: 'google_ads',
    weight: 16,
    costPerLead: 95,
    clickRate: 0.071,
    reachable: 0.96,
    interest: 1.25,
    beganMonthsAgo: 0,
  },
  {
    name: 'Buscador · implantes',
    source: 'google',
    platform: 'google_ads',
    weight: 18,
    costPerLead: 210,
    clickRate: 0.038,
    reachable: 0.94,
    interest: 1.1,
    beganMonthsAgo: 0,
  },
  {
    name: 'Redes · sonrisa nueva',
    source: 'facebook',
    platform: 'meta_ads',
    weight: 24,
    costPerLead: 120,
    clickRate: 0.014,
    reachable: 0.9,
    interest: 0.95,
    beganMonthsAgo: 0,
  },
  {
    name: 'Redes · sorteo',
    source: 'instagram',
    platform: 'meta_ads',
    weight: 26,
    costPerLead: 38,
    clickRate: 0.022,
    reachable: 0.41,
    interest: 0.6,
    beganMonthsAgo: 7,
  },
  {
    name: 'Video · antes y después',
    source: 'tiktok',
    platform: 'tiktok_ads',
    weight: 10,
    costPerLead: 88,
    clickRate: 0.009,
    reachable: 0.85,
    interest: 0.8,
    beganMonthsAgo: 12,
  },
  {
    name: null,
    source: 'orgánico',
    platform: null,
    weight: 14,
    costPerLead: 0,
    clickRate: 0,
    reachable: 0.93,
    interest: 1.15,
    beganMonthsAgo: 0,
  },
  {
    name: null,
    source: 'recomendación',
    platform: null,
    weight: 6,
    costPerLead: 0,
    clickRate: 0,
    reachable: 0.98,
    interest: 1.4,
    beganMonthsAgo: 0,
  },
];

/** Zones by how many leads they bring, and how often those turn out interested. */
export const ZONES: readonly { readonly name: string; readonly weight: number; readonly interest: number }[] =
  [
    { name: 'Centro', weight: 28, interest: 1.05 },
    { name: 'Norte', weight: 24, interest: 1.1 },
    { name: 'Sur', weight: 20, interest: 1 },
    { name: 'Poniente', weight: 15, interest: 1.05 },
    { name: 'Oriente', weight: 18, interest: 0.45 },
  ];

export const SERVICES: readonly {
  readonly name: string;
  readonly weight: number;
  readonly ticket: number;
  readonly close: number;
}[] = [
  { name: 'Ortodoncia', weight: 34, ticket: 28_000, close: 0.52 },
  { name: 'Implantes', weight: 24, ticket: 36_000, close: 0.45 },
  { name: 'Limpieza', weight: 26, ticket: 9500, close: 0.66 },
  { name: 'Estética dental', weight: 16, ticket: 19_000, close: 0.5 },
];

/** Sellers with the median hours until they call, and how well they close. */
export const SELLERS: readonly {
  readonly name: string;
  readonly weight: number;
  readonly hours: number;
  readonly close: number;
}[] = [
  { name: 'Ana', weight: 20, hours: 0.5, close: 1.12 },
  { name: 'Bruno', weight: 18, hours: 0.8, close: 1 },
  { name: 'Carla', weight: 18, hours: 0.6, close: 1.05 },
  { name: 'Diego', weight: 16, hours: 1.1, close: 0.95 },
  { name: 'Elena', weight: 14, hours: 0.7, close: 1.03 },
  { name: 'Fabián', weight: 14, hours: 27, close: 0.8 },
];

/** Leads by the hour of the day, 0 to 23. */
export const HOURS: readonly number[] = [
  6, 3, 2, 1, 1, 2, 6, 14, 26, 38, 44, 46, 44, 40, 42, 40, 38, 40, 44, 48, 46, 36, 24, 13,
];

/** Hours in which the line is not answered, and interest is lost. */
export const BAD_HOURS: ReadonlySet<number> = new Set([14, 15]);
export const BAD_HOUR_INTEREST = 0.45;

/** From Sunday to Saturday. */
export const WEEKDAYS: readonly number[] = [0.62, 1.1, 1.12, 1.08, 1.05, 0.98, 0.78];

/** In this month, counted back from the last whole one, the form had lost its telephone. */
export const BROKEN_FORM_MONTHS_AGO = 3;
export const BROKEN_FORM_REACHABLE = 0.45;

export const MONTHS = 18;

export const REASONS: readonly (readonly [string, number])[] = [
  ['sin presupuesto', 34],
  ['fuera de zona', 14],
  ['ya se atendió en otro lugar', 22],
  ['no contesta', 30],
];
