import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openBrowser, openPage, settled, WORDS } from './browser.ts';
import type { Reading } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

/** Every page against the rules of axe-core (WCAG 2.2 A and AA, and its best practices), as it is drawn. */

const AXE = readFileSync(
  fileURLToPath(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url)),
  'utf8',
);
const RANGE = 'from=2026-03-01&to=2026-05-31';
const PAGES = [
  `/?${RANGE}`,
  `/?${RANGE}&filter=%5B%22zone%3DNorte%22%5D&mode=period`,
  `/breakdowns?${RANGE}&dimension=zone`,
  `/breakdowns?${RANGE}&dimension=zone&second=service`,
  `/breakdowns?${RANGE}&dimension=weekday_hour`,
  `/leads?${RANGE}&stage=profiled&status=lost`,
  '/leads/L0002000',
  '/agreement',
  '/handoffs',
  '/identity',
  '/data',
  '/data/import',
  '/data/rejects',
  '/data/connections',
  `/reports?${RANGE}`,
  '/leads/nobody',
];

const violations = z.array(
  z.object({ id: z.string(), help: z.string(), nodes: z.array(z.object({ html: z.string() })) }),
);

let program: Program;
let browser: Browser;
beforeAll(async () => {
  [browser, program] = await Promise.all([
    openBrowser(),
    startProgram('demo', '--leads', '3000', '--until', '2026-06-30'),
  ]);
});
afterAll(async () => {
  await browser.close();
  await program.stop();
});

async function complaintsOf(page: Page): Promise<readonly string[]> {
  // Evaluated by the protocol, which the content policy of the page does not bind.
  await page.evaluate(AXE);
  const found: unknown = await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations)',
  );
  return violations.parse(found).map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes
        .map(({ html }) => html.slice(0, 160))
        .slice(0, 4)
        .join(' | ')}`,
  );
}

describe.each([
  ['es', 'light', 1440],
  ['en', 'dark', 390],
] as const)('in %s, %s, at %i pixels', (language, colours, width) => {
  let opened: Reading;
  beforeAll(async () => {
    opened = await openPage(browser, program.address, { language, colours, width });
  });
  afterAll(() => opened.close());

  test.each(PAGES)('%s', async (path) => {
    await opened.page.goto(path);
    await settled(opened.page);
    expect(await complaintsOf(opened.page)).toEqual([]);
  });

  test('the agreement as a form, opened', async () => {
    const { page, close } = await openPage(browser, program.address, { language, colours, width });
    await page.goto('/agreement');
    await page.locator('.builder').waitFor();
    await settled(page);
    await page.evaluate(
      `for (const each of document.querySelectorAll('.builder button[aria-expanded]')) each.click()`,
    );
    await page.locator('.builder .hours').waitFor();
    expect(await complaintsOf(page)).toEqual([]);
    await close();
  });

  test('what opens over a page', async () => {
    const t = WORDS[language];
    const { page, close } = await openPage(browser, program.address, { language, colours, width });
    await page.goto(`/?${RANGE}`);
    await page.locator('.trend').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    expect(await complaintsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: t('keys.title') }).waitFor();
    expect(await complaintsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('t');
    await page.locator('.trend table').waitFor();
    expect(await complaintsOf(page)).toEqual([]);
    await page
      .locator('.trend')
      .getByRole('button', { name: t('notes.add') })
      .click();
    expect(await complaintsOf(page)).toEqual([]);
    await close();
  });
});

describe.each(['es', 'en'] as const)('by keyboard (%s)', (language) => {
  const t = WORDS[language];
  test('everything is found by its name, and the screens by their keys', async () => {
    const { page, close } = await openPage(browser, program.address, { language });
    await page.goto(`/?${RANGE}`);
    await page.locator('.funnel').waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type(language === 'es' ? 'perdidos calificado' : 'lost qualified');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/leads\?.*status=lost/);
    expect(page.url()).toContain('stage=qualified');
    expect(page.url()).toContain('from=2026-03-01');
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.waitForURL(/\/breakdowns/);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('xyzzy');
    await page.getByText(t('commands.none')).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await close();
  });

  test('a key right after a dialog closes is heard', async () => {
    const { page, close } = await openPage(browser, program.address, { language });
    await page.goto(`/?${RANGE}`);
    await page.locator('.funnel').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    // In one task: the closed dialog's field still has the focus.
    const focused = await page.evaluate(`(() => {
      document.querySelector('dialog[open]').close();
      const { activeElement } = document;
      activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true, cancelable: true }));
      return activeElement.tagName;
    })()`);
    expect(focused).toBe('INPUT');
    await page.getByRole('dialog', { name: t('keys.title') }).waitFor();
    await close();
  });
});
