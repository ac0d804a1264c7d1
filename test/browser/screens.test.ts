import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { numberFormat } from '../../src/core/diagnostic/numbers.ts';
import { breakdownAnswer, funnelAnswer, leadAnswer, leadsAnswer } from '../../src/core/measures/answer.ts';
import { agreementView } from '../../src/core/agreement/view.ts';
import { DATA_WORDS, openBrowser, openPage, settled, WORDS } from './browser.ts';
import type { Reader, Reading } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

/** Every screen, in both languages, in a real browser: what is on it is what the API answers. */

let browser: Browser;
let program: Program;
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

const RANGE = 'from=2026-03-01&to=2026-05-31';
const LANGUAGES = ['es', 'en'] as const;

/** Opens a screen, and ends with nothing to complain of in the console. */
async function reading(
  reader: Reader,
  path: string,
  look: (reading: Reading) => Promise<void>,
): Promise<void> {
  const opened = await openPage(browser, program.address, reader);
  try {
    await opened.page.goto(path);
    await opened.page.locator('main h1').waitFor();
    await look(opened);
    expect(opened.complaints).toEqual([]);
  } finally {
    await opened.close();
  }
}

async function ask<Schema extends z.ZodType>(schema: Schema, path: string): Promise<z.output<Schema>> {
  return schema.parse(await program.ask(`/v1/${path}`));
}

async function choose(page: Page, label: string, value: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).selectOption(value);
}

const text = async (page: Page, selector: string): Promise<string> =>
  ((await page.locator(selector).first().textContent()) ?? '').trim();

describe.each(LANGUAGES)('in %s', (language) => {
  const t = WORDS[language];
  const format = numberFormat(language, 'MXN', 'America/Mexico_City');

  test.each(['cohort', 'period'] as const)('Panorama shows the funnel by %s', async (mode) => {
    const funnel = await ask(funnelAnswer, `funnel?${RANGE}&mode=${mode}&compare=previous`);
    await reading({ language }, `/?${RANGE}&mode=${mode}`, async ({ page, keep }) => {
      const stages = page.locator('.funnel li.stage');
      expect(await stages.locator('.count').allTextContents()).toEqual(
        funnel.stages.map((stage) => format.count(stage.count)),
      );
      expect(await stages.locator('dl > div:first-child strong').allTextContents()).toEqual(
        funnel.stages.flatMap((stage) => (stage.step === null ? [] : [format.percent(stage.step.rate)])),
      );
      expect(await page.locator('.handover-label').count()).toBe(1);
      // What stands below the funnel follows it.
      await page.locator('.cards > section').nth(4).waitFor();
      expect(await page.locator('.cards > section').count()).toBe(5);
      await page.getByText(t('funnel.time')).first().waitFor();
      await keep(`panorama-${mode}`);

      // A stage opens, and behind each of its numbers there are as many leads.
      const stage = funnel.stages.find((each) => each.kind === 'reached' && each.lost > 0);
      const signed = await ask(agreementView, `agreement?lang=${language}`);
      const name = signed.stages.find((each) => each.id === stage?.id)?.label ?? '';
      await page.locator('.stage button', { hasText: name }).first().click();
      for (const [part, count] of [
        ['funnel.lost', stage?.lost],
        ['funnel.all', stage?.count],
      ] as const) {
        await page
          .getByRole('link', { name: t(part, { count: format.count(count ?? 0), n: count ?? 0 }) })
          .click();
        await page.waitForURL(/\/leads\?/);
        await page
          .getByRole('heading', {
            level: 1,
            name: t('leads.title', { count: format.count(count ?? 0), n: count ?? 0 }),
          })
          .waitFor();
        await page.goBack();
        await page.locator('.stage button', { hasText: name }).first().click();
      }
    });
  });

  test('what is asked lives in the address', async () => {
    await reading({ language }, '/', async ({ page }) => {
      await choose(page, t('filters.range'), 'year');
      await page.waitForURL(/from=2026-01-01/);
      await choose(page, t('filters.mode'), 'period');
      await page.waitForURL(/mode=period/);
      await choose(page, t('filters.compare'), 'none');
      await page.waitForURL(/compare=none/);
      const asked = await ask(funnelAnswer, `funnel${new URL(page.url()).search}`);
      const shown = asked.stages.map((stage) => format.count(stage.count)).join();
      const counts = page.locator('.funnel .count');
      await expect.poll(async () => (await counts.allTextContents()).join()).toBe(shown);
      await page.reload();
      await counts.first().waitFor();
      expect((await counts.allTextContents()).join()).toBe(shown);
      await page.getByRole('link', { name: t('nav.breakdowns'), exact: true }).click();
      expect(page.url()).toContain('from=2026-01-01');
      expect(page.url()).toContain('mode=period');
    });
  });

  test('the numbers of before are dimmed where those that are asked for take a while', async () => {
    await reading({ language }, `/?${RANGE}`, async ({ page }) => {
      await settled(page);
      const dimmed = page.locator('.waiting .funnel');
      expect(await dimmed.count()).toBe(0);
      await page.route('**/v1/funnel?*', async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 600));
        await route.continue();
      });
      await choose(page, t('filters.mode'), 'period');
      await dimmed.waitFor();
      await dimmed.waitFor({ state: 'detached' });
    });
  });

  test('the trend is a drawing and a table', async () => {
    await reading({ language }, `/?${RANGE}`, async ({ page }) => {
      await page.locator('.trend svg').waitFor();
      const points = await page.locator('.trend circle').count();
      await page
        .locator('.trend')
        .getByRole('button', { name: t('chart.as_table') })
        .click();
      expect(await page.locator('.trend tbody tr').count()).toBe(points);
    });
  });

  test('Desgloses shows, sorts and hands over groups', async () => {
    const answer = await ask(breakdownAnswer, `breakdown/zone?${RANGE}&stages=profiled,qualified`);
    await reading({ language }, `/breakdowns?${RANGE}&stages=profiled,qualified`, async ({ page, keep }) => {
      await choose(page, t('breakdowns.by'), 'zone');
      await page.waitForURL(/dimension=zone/);
      await page
        .locator('table.groups tbody tr')
        .nth(answer.groups.length - 1)
        .waitFor();
      const rates = (groups: typeof answer.groups): string[] =>
        groups.map((group) => format.percent(group.rate.rate));
      const shown = async (): Promise<string[]> =>
        (await page.locator('table.groups tbody td:nth-child(4)').allInnerTexts()).map((each) =>
          (each.split('\n')[0] ?? '').trim().replaceAll('\u00a0', ' '),
        );
      const plain = (texts: string[]): string[] => texts.map((each) => each.replaceAll('\u00a0', ' '));
      expect(await shown()).toEqual(plain(rates(answer.groups)));
      await keep('breakdown-zone');
      await page.getByRole('button', { name: t('table.rate') }).click();
      await page.waitForURL(/order=-rate/);
      const descending = answer.groups.toSorted(
        (one, other) => (other.rate.rate ?? -1) - (one.rate.rate ?? -1),
      );
      expect(await shown()).toEqual(plain(rates(descending)));

      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'CSV' }).click(),
      ]);
      const stream = await download.createReadStream();
      let csv = '';
      for await (const part of stream) csv += String(part);
      expect(csv.trim().split('\n')).toHaveLength(answer.groups.length + 2);

      await page.locator('table.groups tbody tr').first().getByRole('link').click();
      await page.waitForURL(/\/leads\?/);
      const most = descending[0]?.counts['profiled'] ?? 0;
      await page
        .getByRole('heading', { name: t('leads.title', { count: format.count(most), n: most }) })
        .waitFor();
    });
  });

  test('day by hour is a map of heat', async () => {
    const answer = await ask(breakdownAnswer, `breakdown/weekday_hour?${RANGE}&stages=lead,profiled&top=200`);
    await reading(
      { language },
      `/breakdowns?${RANGE}&stages=lead,profiled&dimension=weekday_hour`,
      async ({ page, keep }) => {
        await page.locator('.heat tbody td a').first().waitFor();
        const filled = answer.groups.filter((group) => group.rate.denominator > 0).length;
        expect(await page.locator('.heat tbody td a').count()).toBe(filled);
        await keep('breakdown-heat');
        // Where the hours do not fit, it opens on the day and not on the night.
        await page.setViewportSize({ width: 390, height: 844 });
        await page.reload();
        const box = page.locator('.scroll.heat');
        await box.locator('tbody td a').first().waitFor();
        expect(await box.evaluate(({ scrollLeft }) => scrollLeft)).toBeGreaterThan(100);
      },
    );
  });

  test('Leads lists, filters and opens', async () => {
    const answer = await ask(leadsAnswer, `leads?${RANGE}&stage=qualified&status=lost`);
    await reading({ language }, `/leads?${RANGE}`, async ({ page, keep }) => {
      await choose(page, t('leads.stage'), 'qualified');
      await choose(page, t('leads.status'), 'lost');
      await page
        .getByRole('heading', {
          name: t('leads.title', { count: format.count(answer.total), n: answer.total }),
        })
        .waitFor();
      const first = page.locator('.leads tbody tr').first().getByRole('link');
      await first.waitFor();
      expect(await first.textContent()).toBe(answer.leads[0]?.id);
      await keep('leads');
      await first.click();
      await page.waitForURL(/\/leads\/L/);
      const lead = await ask(leadAnswer, `leads/${answer.leads[0]?.id ?? ''}`);
      await page.getByRole('heading', { level: 1, name: lead.id }).waitFor();
      expect(await page.locator('ol.stages > li').count()).toBe(lead.stages.length);
      const told = lead.stages.flatMap((stage) => stage.criteria.map((criterion) => criterion.value));
      expect(await page.locator('ol.stages ul li[class]:not(.true:only-child)').count()).toBeGreaterThan(0);
      for (const value of ['true', 'false', 'unknown'] as const) {
        const marked = page
          .locator(`ol.stages li.${value}`)
          .filter({ has: page.locator('span[aria-hidden]') });
        expect(await marked.count()).toBe(told.filter((each) => each === value).length);
      }
      expect(await page.locator('ol.timeline li').count()).toBe(lead.timeline.length);
      await keep('lead');
    });
  });

  test('Acuerdo says who owns what, in words and as rules', async () => {
    const view = await ask(agreementView, `agreement?lang=${language}`);
    await reading({ language }, '/agreement', async ({ page, keep }) => {
      expect(await page.locator('.pact > li h2').allTextContents()).toEqual(
        view.stages.map((stage) => stage.label),
      );
      const criteria = view.stages.flatMap((stage) => stage.criteria);
      expect(await page.locator('.pact .rules code').allTextContents()).toEqual(
        criteria.map((each) => each.rule),
      );
      expect(await page.locator('.pact .rules > li > span').allTextContents()).toEqual(
        criteria.map((each) => each.words),
      );
      await keep('agreement');
    });
  });

  test.each([
    [390, 'dark'],
    [768, 'light'],
  ] as const)('every screen fits %i pixels, %s', async (width, colours) => {
    const paths = [
      `/?${RANGE}`,
      `/breakdowns?${RANGE}&dimension=zone`,
      `/breakdowns?${RANGE}&dimension=weekday_hour`,
      `/leads?${RANGE}`,
      '/leads/L0002000',
      '/agreement',
    ];
    await reading({ language, width, colours }, '/', async ({ page, keep }) => {
      for (const path of paths) {
        await page.goto(path);
        await settled(page);
        expect(
          await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
          path,
        ).toBeLessThanOrEqual(0);
        await keep(`fit${path.replaceAll(/\W+/g, '-').slice(0, 60)}`);
      }
    });
  });

  test('the page says its language, and another one when it is chosen', async () => {
    const other = language === 'es' ? 'en' : 'es';
    await reading({ language }, '/agreement', async ({ page }) => {
      expect(await page.locator('html').getAttribute('lang')).toBe(language);
      await choose(page, t('nav.language'), other);
      await page.getByRole('link', { name: WORDS[other]('nav.breakdowns'), exact: true }).waitFor();
      await page.waitForFunction(`document.documentElement.lang === '${other}'`);
      await page.reload();
      await page.getByRole('link', { name: WORDS[other]('nav.breakdowns'), exact: true }).waitFor();
    });
  });

  test('a question that is none says so, and leaves a way on', async () => {
    const opened = await openPage(browser, program.address, { language });
    await opened.page.goto('/leads/nobody');
    await opened.page.getByText('nobody').first().waitFor();
    await opened.page.goto(`/?where=${encodeURIComponent('lead.zonne == "x"')}`);
    await opened.page.getByText('zonne').first().waitFor();
    await opened.page.goto('/nothing');
    await opened.page.getByText(t('not_found.title')).waitFor();
    // Days without a lead and an ad lead to those that have some.
    await opened.page.goto('/?from=2020-01-01&to=2020-01-31');
    await opened.page.getByText(t('empty_range.title')).waitFor();
    expect(await opened.page.locator('.funnel').count()).toBe(0);
    await opened.page.getByRole('link', { name: t('empty_range.latest') }).click();
    await opened.page.locator('.funnel').waitFor();
    await opened.close();
  });

  test('a page of a version that is gone says so, and is itself again once it is reloaded', async () => {
    const { page, close } = await openPage(browser, program.address, { language });
    try {
      await page.goto(`/?${RANGE}`);
      await settled(page);
      // The next version has other scripts, and its first page names them.
      await page.route(/\/assets\/(?:leads|breakdowns)-/, (route) => route.fulfill({ status: 404 }));
      await page.route(
        (url) => url.pathname === '/',
        (route) => route.fulfill({ contentType: 'text/html', body: '<script src="/assets/other.js">' }),
      );
      // Who only points at a screen keeps the one that there is, with a word above it.
      await page.getByRole('link', { name: t('nav.leads'), exact: true }).hover();
      await page.locator('.new-version', { hasText: t('script.new_version') }).waitFor();
      await page.locator('.funnel').waitFor();
      await page.getByRole('link', { name: t('nav.breakdowns'), exact: true }).click();
      await page.getByRole('heading', { name: t('script.new_version') }).waitFor();
      await page.unrouteAll();
      await page
        .locator('.screen-failure')
        .getByRole('button', { name: t('script.reload') })
        .click();
      await page.locator('table.groups tbody tr').first().waitFor();
      expect(page.url()).toContain('from=2026-03-01');
      expect(await page.locator('.new-version').count()).toBe(0);
    } finally {
      await close();
    }
  });

  test('on a phone what is asked is folded, and what is chosen stays in sight', async () => {
    const path = `/?${RANGE}&mode=period&filter=%5B%22zone%3DNorte%22%5D`;
    await reading({ language, width: 390 }, path, async ({ page, keep }) => {
      await settled(page);
      const fold = page.getByRole('button', { name: t('filters.fold', { n: 2 }), exact: true });
      const range = page.getByRole('combobox', { name: t('filters.range'), exact: true });
      expect(await range.isVisible()).toBe(false);
      expect((await page.locator('.funnel').boundingBox())?.y).toBeLessThan(700);
      await keep('filters-folded');
      await fold.focus();
      await page.keyboard.press('Enter');
      await range.waitFor();
      expect(await fold.getAttribute('aria-expanded')).toBe('true');
      await keep('filters-open');
      // A press on what is chosen takes it back.
      await page
        .locator('.chips.folded')
        .getByRole('button', { name: t('filters.period') })
        .click();
      await page.waitForURL((url) => !url.searchParams.has('mode'));
      await page.getByRole('button', { name: t('filters.fold', { n: 1 }), exact: true }).press('Enter');
      await range.waitFor({ state: 'hidden' });
    });
  });

  test('days, weeks and months are told as people write them, and compared with nothing', async () => {
    await reading({ language }, `/breakdowns?${RANGE}&dimension=month`, async ({ page }) => {
      await settled(page);
      const names = await page.locator('table.groups tbody tr th').allInnerTexts();
      expect(names).toEqual(
        language === 'es'
          ? ['marzo de 2026', 'abril de 2026', 'mayo de 2026']
          : ['March 2026', 'April 2026', 'May 2026'],
      );
      expect(await page.locator('table.groups thead').getByText(t('table.before')).count()).toBe(0);
    });
  });

  test('the keyboard reaches the content, the stages and the leads', async () => {
    await reading({ language }, `/?${RANGE}`, async ({ page }) => {
      await page.locator('.funnel').waitFor();
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe(t('nav.skip'));
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('content');
      const reached: string[] = [];
      for (let step = 0; step < 24; step += 1) {
        await page.keyboard.press('Tab');
        reached.push(
          String(await page.evaluate('document.activeElement.className || document.activeElement.tagName')),
        );
        if (await page.evaluate('document.activeElement.closest(".stage") !== null')) break;
      }
      expect(await page.evaluate('document.activeElement.closest(".stage") !== null'), reached.join()).toBe(
        true,
      );
      await page.keyboard.press('Enter');
      await page.locator('.detail').waitFor();
      expect(await text(page, '.detail')).not.toBe('');
    });
  });
});

/** The most characters of a running text that stand on one line, and the text. */
const LONGEST_LINE = `(() => {
  let longest = [0, ''];
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.textContent.trim().length < 80 || node.parentElement.closest('textarea, pre, code')) continue;
    const lines = new Map();
    for (let at = 0; at < node.length; at += 1) {
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const { top, width } = range.getBoundingClientRect();
      if (width > 0) lines.set(Math.round(top), (lines.get(Math.round(top)) ?? 0) + 1);
    }
    const most = Math.max(0, ...lines.values());
    if (most > longest[0]) longest = [most, node.textContent];
  }
  return longest;
})()`;

test('a wide screen is filled, and read in lines of a book', async () => {
  await reading({ language: 'es', width: 2560 }, `/?${RANGE}`, async ({ page, keep }) => {
    for (const path of [
      `/?${RANGE}`,
      `/breakdowns?${RANGE}&dimension=zone`,
      `/breakdowns?${RANGE}&dimension=weekday_hour`,
      `/handoffs?${RANGE}`,
      `/leads?${RANGE}`,
      '/leads/L0002000',
      '/identity',
      '/agreement',
      `/reports?${RANGE}`,
    ]) {
      await page.goto(path);
      await page.locator('main h1').waitFor();
      await settled(page);
      expect(
        await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
        path,
      ).toBeLessThanOrEqual(0);
      const [most, text] = z.tuple([z.number(), z.string()]).parse(await page.evaluate(LONGEST_LINE));
      expect(most, `${path}: ${text}`).toBeLessThanOrEqual(92);
      await keep(`wide${path.replaceAll(/\W+/g, '-').slice(0, 60)}`);
    }
    // The picture takes the page, and the page most of the screen.
    await page.goto(`/?${RANGE}`);
    const picture = await page.locator('.funnel').boundingBox();
    expect(picture?.width).toBeGreaterThan(0.7 * 2560);
    const bars = await page.locator('.trend svg').first().boundingBox();
    expect(bars?.width).toBeGreaterThan(0.7 * 2560);
  });
});

test('the colours are those that were chosen', async () => {
  await reading({ language: 'es', colours: 'light' }, '/agreement', async ({ page }) => {
    const paper = async (): Promise<unknown> =>
      page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    const light = await paper();
    await choose(page, WORDS.es('nav.theme'), 'dark');
    const dark = await paper();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.locator('main h1').waitFor();
    expect(await paper()).toBe(dark);
  });
});

test('a workspace without data says how to begin', async () => {
  const empty = await startProgram('init');
  const opened = await openPage(browser, empty.address, { language: 'es', width: 390 });
  try {
    await opened.page.goto('/');
    // The first visit leads to where files are brought; any other screen leads there too.
    await opened.page.waitForURL(/\/data\/import$/);
    await opened.page.getByText(DATA_WORDS.es('import.drop'), { exact: true }).waitFor();
    await opened.page.goto('/leads');
    await opened.page.getByRole('link', { name: WORDS.es('nav.import') }).click();
    await opened.page.getByText(DATA_WORDS.es('import.drop'), { exact: true }).waitFor();
    await opened.keep('empty');
    expect(opened.complaints).toEqual([]);
  } finally {
    await opened.close();
    await empty.stop();
  }
});

test('a loss without a reason is told by its rule', async () => {
  const { lost } = await ask(agreementView, 'agreement?lang=es');
  const [rule] = lost;
  await reading({ language: 'es' }, '/leads', async ({ page }) => {
    await page.route('**/v1/leads/L0002000*', async (route) => {
      const lead = leadAnswer.parse(await (await route.fetch()).json());
      const before = lead.timeline.filter((entry) => entry.kind !== 'lost');
      const loss = { at: lead.created_at, kind: 'lost', rule: rule?.id ?? '', reason: null };
      await route.fulfill({
        json: { ...lead, status: 'lost', lost_reason: null, timeline: [...before, loss] },
      });
    });
    await page.goto('/leads/L0002000');
    await page.locator('.standing').waitFor();
    expect(await text(page, '.standing')).toContain(`: ${rule?.label ?? ''}`);
    expect(await text(page, '.timeline li.lost')).toContain(`: ${rule?.label ?? ''}`);
  });
});
