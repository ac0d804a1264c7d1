import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberFormat } from '../../src/core/diagnostic/numbers.ts';
import { leadsAnswer } from '../../src/core/measures/answer.ts';
import { handoffFinding, waitingFinding } from '../../src/core/measures/handoff-words.ts';
import { handoffsAnswer } from '../../src/core/measures/handoffs-answer.ts';
import type { HandoffAnswer, HandoffsAnswer } from '../../src/core/measures/handoffs-answer.ts';
import { openBrowser, openPage, settled, WORDS } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

/** Hand-overs on their screen and on Panorama, in both languages: they show what the API answers, and open it. */

let browser: Browser;
let program: Program;
let answer: HandoffsAnswer;
let call: HandoffAnswer;
beforeAll(async () => {
  [browser, program] = await Promise.all([
    openBrowser(),
    startProgram('demo', '--leads', '6000', '--seed', '1', '--until', '2026-06-30'),
  ]);
  answer = handoffsAnswer.parse(await program.ask(`/v1/handoffs?${RANGE}`));
  const [first] = answer.handoffs;
  if (first === undefined) throw new Error('the demo hands nothing over');
  call = first;
});
afterAll(async () => {
  await browser.close();
  await program.stop();
});

const RANGE = 'from=2026-01-01&to=2026-06-30';

describe.each(['es', 'en'] as const)('in %s', (language) => {
  const t = WORDS[language];
  const format = numberFormat(language, 'MXN', 'America/Mexico_City');
  const labels: Readonly<Record<string, string>> =
    language === 'es'
      ? { profiled: 'Lead perfilado', sales: 'Ventas' }
      : { profiled: 'Profiled lead', sales: 'Sales' };
  const names = {
    translate: t,
    format,
    stage: (id: string): string => labels[id] ?? id,
    area: (id: string): string => labels[id] ?? id,
  };

  /** Follows a link to leads, which must be as many as its number says, and comes back. */
  async function opens(page: Page, link: ReturnType<Page['locator']>, count: number): Promise<void> {
    await link.first().click();
    const name = t('leads.title', { count: format.count(count), n: count });
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    await page.goBack();
    await page.locator('.handoff .outcomes').waitFor();
  }

  test.each([
    [1440, 'light'],
    [390, 'dark'],
  ] as const)(
    'the finding first, and every number opens its leads, at %i pixels, %s',
    async (width, colours) => {
      const { page, complaints, keep, close } = await openPage(browser, program.address, {
        language,
        width,
        colours,
      });
      await page.goto(`/handoffs?${RANGE}`);
      await page.locator('.handoff .outcomes').waitFor();
      expect(await page.locator('.handoff .finding').textContent()).toBe(handoffFinding(call, names));
      const outcome = (name: 'kept' | 'late'): string =>
        t('handoff.outcome', { outcome: t(`handoffs.answer.${name}`), count: format.count(call[name]) });
      expect(call.late).toBeGreaterThan(100);
      await opens(page, page.getByRole('link', { name: outcome('kept'), exact: true }), call.kept);
      await opens(page, page.getByRole('link', { name: outcome('late'), exact: true }), call.late);
      const [group] = call.groups;
      const seller = page.locator('.handoff .bars .group').first();
      expect(await seller.textContent()).toBe(group?.value);
      await opens(page, seller, group?.entered ?? 0);
      expect(
        Number(
          await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
        ),
      ).toBeLessThanOrEqual(0);
      await keep('handoffs');
      expect(complaints).toEqual([]);
      await close();
    },
  );

  test('those waiting stand oldest first, and open', async () => {
    const { page, complaints, close } = await openPage(browser, program.address, { language });
    await page.goto(`/handoffs?${RANGE}`);
    await page.locator('.waiting-leads tbody tr').first().waitFor();
    await page.getByText(waitingFinding(call, answer, names), { exact: true }).waitFor();
    const ids = await page.locator('.waiting-leads tbody th').allTextContents();
    expect(ids).toEqual(call.oldest.map(({ id }) => id));
    expect(ids.length).toBeGreaterThan(1);
    await page.locator('.waiting-leads tbody th a').first().click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForURL((url) => url.pathname === `/leads/${ids[0]}`);
    expect(complaints).toEqual([]);
    await close();
  });

  test('by another dimension, as a table, by day and by hour', async () => {
    const { page, complaints, close } = await openPage(browser, program.address, { language });
    await page.goto(`/handoffs?${RANGE}`);
    await page.locator('.handoff .by select').selectOption('zone');
    await page.waitForURL((url) => url.searchParams.get('by') === 'zone');
    await page.keyboard.press('t');
    await page.locator('.handoff-table').waitFor();
    const byZone = handoffsAnswer.parse(await program.ask(`/v1/handoffs?${RANGE}&by=zone`)).handoffs[0];
    const kept = (byZone?.groups ?? []).map((group) => format.count(group.kept));
    await page.waitForFunction(
      (wanted) => document.querySelectorAll('.handoff-table tbody tr').length === wanted,
      kept.length,
    );
    expect(await page.locator('.handoff-table tbody td:nth-child(3)').allTextContents()).toEqual(kept);
    const [zone] = byZone?.groups ?? [];
    await opens(
      page,
      page.locator('.handoff-table tbody tr').first().locator('td:nth-child(4) a'),
      zone?.late ?? 0,
    );
    const hour = call.hours.toSorted((a, b) => b.entered - a.entered)[0];
    const [weekday, at] = (hour?.value ?? '').split('-');
    const cell = page.locator(`.heat a[data-tip^="${t(`weekday.${weekday}`)}, ${at} h"]`);
    await opens(page, cell, hour?.entered ?? 0);
    // Half a year is drawn by the week.
    const week = call.days.filter(({ day }) => day <= '2026-01-07');
    await opens(
      page,
      page.locator('.handoff-days a').first(),
      week.reduce((sum, { entered }) => sum + entered, 0),
    );
    expect(complaints).toEqual([]);
    await close();
  });

  test('what is pointed at is told: by the mouse, by the keyboard and by a tap, before it opens', async () => {
    const week = call.days.filter(({ day }) => day <= '2026-01-07');
    // Browser and Node may part the days by another blank.
    const plain = (text: string | null): string => (text ?? '').replaceAll(/\s+/g, ' ');
    const told = plain(
      t('handoff.day', {
        day: new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).formatRange(
          new Date('2026-01-01'),
          new Date('2026-01-07'),
        ),
        kept: format.count(week.reduce((sum, { kept }) => sum + kept, 0)),
        broken: format.count(week.reduce((sum, { broken }) => sum + broken, 0)),
      }),
    );
    const { page, close } = await openPage(browser, program.address, { language });
    await page.goto(`/handoffs?${RANGE}`);
    await page.locator('.handoff-days a').first().waitFor();
    await settled(page);
    const tip = page.locator('.tip');
    const days = page.locator('.handoff-days a');
    await days.first().hover();
    expect(plain(await tip.textContent())).toBe(told);
    // It stays for a pointer that goes over to it, and Escape sends it away.
    await tip.hover();
    expect(plain(await tip.textContent())).toBe(told);
    await page.keyboard.press('Escape');
    await tip.waitFor({ state: 'detached' });
    await days.nth(1).focus();
    await page.keyboard.press('Shift+Tab');
    expect(plain(await tip.textContent())).toBe(told);
    const [group] = call.groups;
    await page.locator('.handoff .bars li .track').first().hover();
    expect(await tip.textContent()).toContain(format.interval(group?.share.low ?? 0, group?.share.high ?? 0));
    await close();

    const phone = await openPage(browser, program.address, { language, width: 390, touches: true });
    await phone.page.goto(`/handoffs?${RANGE}`);
    await phone.page.locator('.handoff-days a').first().waitFor();
    await settled(phone.page);
    const [first, second] = [0, 1].map((nth) => phone.page.locator('.handoff-days a').nth(nth));
    await first?.tap();
    expect(plain(await phone.page.locator('.tip').textContent())).toBe(told);
    const box = await phone.page.locator('.tip').boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
    await second?.tap();
    expect(plain(await phone.page.locator('.tip').textContent())).not.toBe(told);
    expect(new URL(phone.page.url()).pathname).toBe('/handoffs');
    await second?.tap();
    await phone.page.waitForURL(/\/leads\?/);
    expect(await phone.page.locator('.tip').count()).toBe(0);
    await phone.close();
  });

  test('Panorama tells it in a sentence, and leads there', async () => {
    const { page, complaints, close } = await openPage(browser, program.address, { language });
    await page.goto(`/?${RANGE}`);
    const section = page.locator('section.handoffs');
    await section.locator('.outcomes').waitFor();
    expect(await section.locator('.says').textContent()).toContain(
      `${handoffFinding(call, names)} ${waitingFinding(call, answer, names)}`,
    );
    await section.getByRole('link', { name: t('panorama.open') }).click();
    await page.locator('.handoff .outcomes').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});

test('each count of the answer lists as many leads', async () => {
  for (const name of ['kept', 'late', 'overdue', 'pending', 'broken', 'waiting', 'answered'] as const) {
    const leads = leadsAnswer.parse(
      await program.ask(`/v1/leads?${RANGE}&handoff=${call.id}&answer=${name}&limit=1`),
    );
    expect(leads.total, name).toBe(call[name]);
  }
  for (const group of call.groups) {
    const leads = leadsAnswer.parse(
      await program.ask(
        `/v1/leads?${RANGE}&handoff=${call.id}&by=seller&group=${encodeURIComponent(group.value ?? '')}&limit=1`,
      ),
    );
    expect(leads.total, group.value ?? '').toBe(group.entered);
  }
});
