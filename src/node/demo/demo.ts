import { createReadStream, createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { stringify } from 'csv-stringify/sync';
import { addDays } from '../../core/calendar/add-days.ts';
import { daysBetween, localDay, startOfUnit } from '../../core/calendar/days.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import { AGREEMENT_FILE } from '../app/home.ts';
import { openWorkspace } from '../app/local-workspace.ts';
import { inPackage } from '../package-folder.ts';
import { makeLead } from './leads.ts';
import type { DemoDay } from './leads.ts';
import { Random } from './random.ts';
import { BROKEN_FORM_MONTHS_AGO, CAMPAIGNS, MONTHS, WEEKDAYS } from './story.ts';
import type { Campaign } from './story.ts';

export interface DemoOptions {
  readonly leads: number;
  readonly seed: number;
  /** The last local day with data; null for yesterday. */
  readonly until: string | null;
}

const TIMEZONE = 'America/Mexico_City';
const FILES = ['leads.csv', 'lead_updates.csv', 'activities.csv', 'ads.csv'] as const;

/** The agreement of the demo, beside the program. */
function agreementPath(): string {
  return inPackage('examples', 'agreements', 'demo.yaml');
}

/**
 * Makes a workspace with made-up data: the same seed and last day give the same bytes. The data come in by
 * the ordinary import, as a person's would.
 */
export async function writeDemo(home: string, options: DemoOptions): Promise<Result<null>> {
  const there = await stat(join(home, AGREEMENT_FILE)).catch(() => null);
  if (there !== null) return failure(fault('cli.already_there', { file: join(home, AGREEMENT_FILE) }));
  const data = join(home, 'data');
  try {
    await mkdir(data, { recursive: true });
    await copyFile(agreementPath(), join(home, AGREEMENT_FILE));
  } catch {
    return failure(fault('store.home_read_only', { home }));
  }
  await writeDemoFiles(data, {
    ...options,
    until: options.until ?? addDays(localDay(new Date().toISOString(), TIMEZONE), -1),
  });
  const workspace = await openWorkspace(home);
  if (!workspace.ok) return workspace;
  try {
    for (const name of FILES) {
      const report = await workspace.value.importFile({
        content: createReadStream(join(data, name)),
        fileName: name,
      });
      if (!report.ok) return report;
    }
  } finally {
    await workspace.value.close();
  }
  return success(null);
}

/** The files of the demo, with the program's own headers. */
export async function writeDemoFiles(
  folder: string,
  options: DemoOptions & { readonly until: string },
): Promise<void> {
  const random = new Random(options.seed);
  const days = daysOf(options.until);
  const weights = days.map((day) => weightOf(day, days.length, random));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const end = (days.at(-1)?.midnight ?? 0) + 86_400_000 + 6 * 3_600_000 - 1;
  const leads = new CsvFile(join(folder, 'leads.csv'), [
    'lead_id',
    'created_at',
    'age',
    'zone',
    'service',
    'seller',
    'source',
    'campaign',
    'phone',
    'email',
  ]);
  const updates = new CsvFile(join(folder, 'lead_updates.csv'), ['lead_id', 'effective_at', 'budget']);
  const activities = new CsvFile(join(folder, 'activities.csv'), [
    'activity_id',
    'lead_id',
    'type',
    'at',
    'outcome',
    'seller',
    'amount',
    'reason',
  ]);
  const ads = new CsvFile(join(folder, 'ads.csv'), [
    'date',
    'platform',
    'campaign',
    'adset',
    'impressions',
    'clicks',
    'spend',
  ]);
  let number = 0;
  let owed = 0;
  for (const [index, day] of days.entries()) {
    owed += ((weights[index] ?? 0) / total) * options.leads;
    const brought = new Map<Campaign, number>();
    for (; number < Math.round(owed);) {
      number += 1;
      const made = makeLead(random, number, day, end);
      brought.set(made.campaign, (brought.get(made.campaign) ?? 0) + 1);
      leads.add(made.lead);
      if (made.update !== null) updates.add(made.update);
      for (const activity of made.activities) activities.add(activity);
    }
    for (const row of adRows(day, brought, random)) ads.add(row);
    for (const file of [leads, updates, activities, ads]) await file.drained();
  }
  for (const file of [leads, updates, activities, ads]) await file.close();
}

function daysOf(until: string): readonly DemoDay[] {
  const monthStart = startOfUnit(until, 'month', 'monday');
  const monthsBack = (count: number): string => {
    let day = monthStart;
    for (let step = 0; step < count; step += 1) day = startOfUnit(addDays(day, -1), 'month', 'monday');
    return day;
  };
  const first = monthsBack(MONTHS - 1);
  const brokenFrom = monthsBack(BROKEN_FORM_MONTHS_AGO);
  const brokenTo = monthsBack(BROKEN_FORM_MONTHS_AGO - 1);
  const began = new Map(CAMPAIGNS.map((campaign) => [campaign, monthsBack(campaign.beganMonthsAgo)]));
  return Array.from({ length: daysBetween(first, until) + 1 }, (_, index): DemoDay => {
    const day = addDays(first, index);
    return {
      midnight: Date.parse(`${day}T00:00:00Z`),
      campaigns: CAMPAIGNS.filter(
        (campaign) => campaign.beganMonthsAgo === 0 || day >= (began.get(campaign) ?? ''),
      ).map((campaign) => [campaign, campaign.weight] as const),
      formIsBroken: day >= brokenFrom && day < brokenTo,
    };
  });
}

/** How many leads a day brings: by weekday and season, growing, with the chance of every day. */
function weightOf(day: DemoDay, days: number, random: Random): number {
  const date = new Date(day.midnight);
  const season = date.getUTCMonth() === 11 ? 0.8 : date.getUTCMonth() === 0 ? 1.12 : 1;
  const elapsed = 1 - (days > 1 ? 0.25 : 0);
  const running = day.campaigns.reduce((sum, [, weight]) => sum + weight, 0) / 100;
  return (WEEKDAYS[date.getUTCDay()] ?? 1) * season * elapsed * running * random.around(1, 0.12);
}

const ADSETS = ['Intereses', 'Similares'] as const;

function adRows(
  day: DemoDay,
  brought: ReadonlyMap<Campaign, number>,
  random: Random,
): readonly (readonly (string | number)[])[] {
  const date = new Date(day.midnight).toISOString().slice(0, 10);
  return day.campaigns.flatMap(([campaign]) => {
    if (campaign.platform === null || campaign.name === null) return [];
    const leads = brought.get(campaign) ?? 0;
    const spend = (leads + 0.6) * campaign.costPerLead * random.around(1, 0.15);
    const clicks = Math.round((leads + 0.6) * random.around(11, 0.2));
    const share = random.between(0.4, 0.65);
    return ADSETS.map((adset, index) => {
      const part = index === 0 ? share : 1 - share;
      const clicked = Math.round(clicks * part);
      return [
        date,
        campaign.platform ?? '',
        campaign.name ?? '',
        adset,
        Math.round(clicked / campaign.clickRate),
        clicked,
        (spend * part).toFixed(2),
      ];
    });
  });
}

const FLUSH_ROWS = 2000;

/** A CSV file written row by row, with little in memory. */
class CsvFile {
  readonly #stream: WriteStream;
  #rows: (readonly (string | number)[])[];

  constructor(path: string, header: readonly string[]) {
    this.#stream = createWriteStream(path);
    this.#rows = [header];
  }

  add(row: readonly (string | number)[]): void {
    this.#rows.push(row);
  }

  async drained(): Promise<void> {
    if (this.#rows.length < FLUSH_ROWS) return;
    await this.#flush();
  }

  async close(): Promise<void> {
    await this.#flush();
    this.#stream.end();
    await once(this.#stream, 'close');
  }

  async #flush(): Promise<void> {
    const text = stringify(this.#rows.map((row) => [...row]));
    this.#rows = [];
    if (!this.#stream.write(text)) await once(this.#stream, 'drain');
  }
}
