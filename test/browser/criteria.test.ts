import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { measureEn } from '../../locales/en/measure.ts';
import { measureEs } from '../../locales/es/measure.ts';
import { numberFormat } from '../../src/core/diagnostic/numbers.ts';
import { translator } from '../../src/core/diagnostic/wording.ts';
import { criteriaAnswer } from '../../src/core/measures/criteria-answer.ts';
import type { CriteriaAnswer } from '../../src/core/measures/criteria-answer.ts';
import { openBrowser, openPage, WORDS } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

/** The strength of criteria on the page of the agreement, in both languages: it shows what the API answers. */

let browser: Browser;
let program: Program;
let answer: CriteriaAnswer;
beforeAll(async () => {
  [browser, program] = await Promise.all([
    openBrowser(),
    startProgram('demo', '--leads', '3000', '--until', '2026-06-30'),
  ]);
  answer = criteriaAnswer.parse(await program.ask('/v1/criteria'));
});
afterAll(async () => {
  await browser.close();
  await program.stop();
});

const MEASURES = { es: translator('es', measureEs), en: translator('en', measureEn) };

/** Follows a link to leads, which must be as many as its number says, and comes back. */
async function opens(page: Page, name: string, title: string): Promise<void> {
  await page.getByRole('link', { name, exact: true }).first().click();
  await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
  await page.goBack();
  await page.locator('.verdict').first().waitFor();
}

describe.each(['es', 'en'] as const)('in %s', (language) => {
  const t = WORDS[language];
  const m = MEASURES[language];
  const format = numberFormat(language, 'MXN', 'America/Mexico_City');
  const title = (n: number): string => t('leads.title', { count: format.count(n), n });

  test('each criterion has its bar, its verdict and the leads behind it', async () => {
    const { page, complaints, keep, close } = await openPage(browser, program.address, { language });
    await page.goto('/agreement');
    await page.locator('.verdict').first().waitFor();
    const criteria = answer.stages.flatMap((stage) => stage.criteria);
    expect(await page.locator('.verdict').allTextContents()).toEqual(
      criteria.map(({ verdict }) => `${m(`criterion.verdict.${verdict}`)}.`),
    );
    expect(await page.locator('.results').allTextContents()).toEqual(
      criteria.map(({ pass, fail, unknown }) =>
        (['pass', 'fail', 'unknown'] as const)
          .flatMap((result) => {
            const { leads } = { pass, fail, unknown }[result];
            return result === 'unknown' && leads === 0
              ? []
              : [t(`strength.${result}`, { leads: format.count(leads), n: leads })];
          })
          .join(''),
      ),
    );
    const age = criteria.find(({ id }) => id === 'age_in_range');
    const fail = age?.fail.leads ?? 0;
    const unknown = age?.unknown.leads ?? 0;
    expect(Math.min(fail, unknown)).toBeGreaterThan(30);
    await opens(page, t('strength.fail', { leads: format.count(fail), n: fail }), title(fail));
    await opens(page, t('strength.unknown', { leads: format.count(unknown), n: unknown }), title(unknown));
    await keep('agreement-criteria');
    expect(complaints).toEqual([]);
    await close();
  });

  test('what is missing stands at its stage, with what it costs', async () => {
    const { page, complaints, close } = await openPage(browser, program.address, { language });
    await page.goto('/agreement');
    await page.locator('.missing').first().waitFor();
    const phone = answer.stages.flatMap((stage) => stage.missing).find(({ key }) => key === 'phone+email');
    if (!phone?.at_stage || !phone.expected_sales) throw new Error('the demo lacks no telephone');
    const text = (await page.locator('.missing li').first().textContent()) ?? '';
    for (const { value, low, high } of [phone.at_stage, phone.expected_sales]) {
      for (const each of [value, low, high]) expect(text).toContain(format.count(each));
    }
    const { leads, alone } = phone;
    await opens(page, m('criterion.missing.leads', { leads: format.count(leads), n: leads }), title(leads));
    await page
      .getByRole('link', { name: m('criterion.missing.alone', { alone: format.count(alone), n: alone }) })
      .click();
    await page.getByRole('heading', { level: 1, name: title(alone), exact: true }).waitFor();
    // The list says why these, and lets go of it; no other screen inherits it.
    await page.locator('.chips button').click();
    await page.waitForURL((url) => !url.searchParams.has('missing'));
    expect(complaints).toEqual([]);
    await close();
  });

  test('all of them in a table, one key away, and nothing wider than a phone', async () => {
    const { page, complaints, close } = await openPage(browser, program.address, { language, width: 390 });
    await page.goto('/agreement');
    await page.locator('.verdict').first().waitFor();
    await page.getByRole('button', { name: t('chart.as_table') }).focus();
    await page.keyboard.press('Enter');
    const stages = answer.stages.flatMap((stage) => stage.criteria);
    const numbers = await page.locator('.strengths tbody tr td:nth-child(2)').allTextContents();
    expect(numbers).toEqual(stages.map(({ pass }) => format.count(pass.leads)));
    expect(
      Number(
        await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
      ),
    ).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    await close();
  });
});

test('where the criteria cannot be measured, the agreement stands all the same', async () => {
  const { page, close } = await openPage(browser, program.address, { language: 'es' });
  await page.route('**/v1/criteria**', (route) => route.fulfill({ status: 500, body: 'no' }));
  await page.goto('/agreement');
  await page.locator('.failure').waitFor();
  expect(await page.locator('.rules code').count()).toBeGreaterThan(5);
  await page.unroute('**/v1/criteria**');
  await page.getByRole('button', { name: WORDS.es('state.retry') }).click();
  await page.locator('.verdict').first().waitFor();
  await close();
});

test('a workspace without data says what to do', async () => {
  const empty = await startProgram('init');
  const { page, complaints, close } = await openPage(browser, empty.address, { language: 'en' });
  try {
    await page.goto('/agreement');
    await page.getByText(WORDS.en('strength.empty')).waitFor();
    await page
      .locator('.strength-intro')
      .getByRole('link', { name: WORDS.en('nav.import') })
      .waitFor();
    expect(await page.locator('.verdict').count()).toBe(0);
    expect(complaints).toEqual([]);
  } finally {
    await close();
    await empty.stop();
  }
});
