import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { numberFormat } from '../../src/core/diagnostic/numbers.ts';
import { funnelAnswer } from '../../src/core/measures/answer.ts';
import { ARTEFACTS, openBrowser, openPage, settled, WORDS } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

const RANGE = 'from=2026-02-01&to=2026-06-30';

let program: Program;
let browser: Browser;

beforeAll(async () => {
  program = await startProgram('demo', '--leads', '3000', '--until', '2026-06-30');
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await program.stop();
});

async function ask<T>(schema: z.ZodType<T>, path: string): Promise<T> {
  return schema.parse(await program.ask(`/v1/${path}`));
}

test('scripts come packed in a way that the caller reads, or as they are', async () => {
  const page = await (await fetch(program.address)).text();
  const [, script = ''] = /<script[^>]* src="([^"]+)"/.exec(page) ?? [];
  const texts = new Set<string>();
  for (const [accepted, given] of [
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['identity', null],
  ] as const) {
    const answer = await fetch(new URL(script, program.address), {
      headers: { 'accept-encoding': accepted },
    });
    expect(answer.headers.get('content-encoding'), accepted).toBe(given);
    texts.add(await answer.text());
  }
  expect(texts.size).toBe(1);
});

describe.each(['es', 'en'] as const)('Panorama (%s)', (language) => {
  const t = WORDS[language];
  const format = numberFormat(language, 'MXN', 'America/Mexico_City');

  test('the funnel is asked with the page itself, once, and what stands below after it', async () => {
    const { page, complaints, close } = await openPage(browser, program.address, { language });
    const asked: string[] = [];
    page.on('request', (request) => {
      const { pathname, search } = new URL(request.url());
      if (pathname.startsWith('/v1/')) asked.push(`${pathname}${search}`);
    });
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/v1/funnel?*times=false*', async (route) => {
      await held;
      await route.continue();
    });
    const filter = encodeURIComponent('["zone=Norte"]');
    await page.goto(`/?${RANGE}&compare=year&filter=${filter}`, { waitUntil: 'commit' });
    await page.getByRole('button', { name: t('filters.remove') }).waitFor();
    const isBelow = (path: string): boolean => /^\/v1\/(?:page|changes|targets|maturity)/.test(path);
    expect(asked.filter(isBelow)).toEqual([]);
    const named = await page
      .locator('link[rel="preload"][as="fetch"]')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    expect(named.map((path) => path.replace(/\?.*/, ''))).toEqual([
      '/v1/status',
      '/v1/agreement',
      '/v1/funnel',
    ]);
    answer();
    await settled(page);
    for (const path of named) expect(asked.filter((each) => each === path)).toEqual([path]);
    expect(asked.filter(isBelow)).not.toEqual([]);
    const funnel = await ask(funnelAnswer, `funnel?${RANGE}&compare=year&filter=zone=Norte`);
    expect(await page.locator('.funnel .count').allTextContents()).toEqual(
      funnel.stages.map(({ count }) => format.count(count)),
    );
    expect(complaints).toEqual([]);
    await close();
  });

  test('pointing at a stage reads it, tapping it leads on', async () => {
    const funnel = await ask(funnelAnswer, `funnel?${RANGE}&compare=previous`);
    const [before, stage] = [
      funnel.stages.find((each) => each.id === 'profiled'),
      funnel.stages.find((each) => each.id === 'qualified'),
    ];
    const { page, complaints, close } = await openPage(browser, program.address, { language });
    await page.goto(`/?${RANGE}`);
    const column = page.locator('.stage').nth(funnel.stages.findIndex((each) => each.id === 'qualified'));
    await column.hover();
    const reading = page.locator('.detail');
    const top = await page.locator('.money').evaluate((box) => box.getBoundingClientRect().top);
    await reading.getByText(format.percent(stage?.step?.rate ?? null)).waitFor();
    await reading.getByText(format.count(before?.count ?? null)).waitFor();
    // Reading one stage or another moves nothing below.
    await page.locator('.stage').first().hover();
    expect(await page.locator('.money').evaluate((box) => box.getBoundingClientRect().top)).toBe(top);
    await column.locator('button').click();
    await reading.getByRole('link', { name: t('funnel.break_down') }).click();
    await page.waitForURL(/\/breakdowns\?.*stages=profiled(%2C|,)qualified/);
    await page.goBack();
    await page.locator('.funnel').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('what is pointed at, or tapped on a phone, is read without scrolling', async () => {
    for (const width of [1440, 390]) {
      const { page, complaints, close } = await openPage(browser, program.address, { language, width });
      await page.goto(`/?${RANGE}`);
      await settled(page);
      const reading = page.locator('.detail');
      const first = page.locator('.stage').first();
      if (width === 1440) await first.hover();
      else await first.locator('button').click();
      await reading.getByText(t('funnel.reads.measured')).waitFor();
      const { top, bottom } = await reading.evaluate((box) => box.getBoundingClientRect());
      expect(top).toBeGreaterThan(0);
      expect(bottom).toBeLessThanOrEqual(900);
      // So is a point of the trend, and a finger that is lifted leaves it there.
      const drawing = page.locator('.trend svg');
      await drawing.scrollIntoViewIfNeeded();
      const said = page.locator('.trend .legend strong');
      const last = await said.textContent();
      const where = { pointerType: 'touch', clientX: 0, bubbles: true };
      await drawing.dispatchEvent('pointerdown', where);
      await drawing.dispatchEvent('pointerout', where);
      await page.waitForFunction(
        (before) => document.querySelector('.trend .legend strong')?.textContent !== before,
        last,
      );
      expect(complaints).toEqual([]);
      await close();
    }
  });

  test('the page is printed on two sheets, without its controls', async () => {
    const { page, close } = await openPage(browser, program.address, { language });
    await page.goto(`/?${RANGE}`);
    await settled(page);
    await page.locator('.opportunities ol').waitFor();
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    mkdirSync(ARTEFACTS, { recursive: true });
    writeFileSync(join(ARTEFACTS, `panorama-${language}.pdf`), pdf);
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(2);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.filters').isVisible()).toBe(false);
    expect(await page.getByText(t('funnel.hint')).isVisible()).toBe(false);
    // The name of the hand-over stands clear of the finding above it.
    const [finding, handover] = await Promise.all(
      ['.finding', '.handover-label'].map((name) => page.locator(name).boundingBox()),
    );
    expect(handover?.y).toBeGreaterThanOrEqual((finding?.y ?? 0) + (finding?.height ?? 0));
    expect(await page.locator('.on-paper').innerText()).toContain('2026');
    await close();
  });

  test('one key turns every chart into its table, and back', async () => {
    const { page, close } = await openPage(browser, program.address, { language });
    await page.goto(`/?${RANGE}`);
    await settled(page);
    await page.locator('.maturity svg').waitFor();
    await page.keyboard.press('t');
    for (const section of ['.trend', '.changes', '.maturity'])
      await page.locator(`${section} table`).first().waitFor();
    await page.keyboard.press('t');
    await page.locator('.trend svg').waitFor();
    expect(await page.locator('.trend table').count()).toBe(0);
    await close();
  });
});
