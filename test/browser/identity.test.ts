import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { z } from 'zod';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identityEn } from '../../locales/en/identity.ts';
import { identityEs } from '../../locales/es/identity.ts';
import { openBrowser, openPage } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

/** Pairs that nobody but a person can tell are decided on their page. */

const FILES = {
  'leads.csv':
    'lead_id,created_at,email\nX1,2026-03-01T10:00:00Z,info@x.mx\nX2,2026-03-02T10:00:00Z,ventas@x.mx\n',
  'contacts.csv':
    'crm_id,created_at,email\n77,2026-03-01T11:00:00Z,info@x.mx\n78,2026-03-02T11:00:00Z,ventas@x.mx\n',
};

let browser: Browser;
let program: Program;
beforeAll(async () => {
  [browser, program] = await Promise.all([
    openBrowser(),
    startProgram('demo', '--leads', '300', '--seed', '1'),
  ]);
  const note = await readFile(join(program.home, '.tregua', 'server.json'), 'utf8');
  const { token } = z.object({ token: z.string() }).parse(JSON.parse(note));
  for (const [name, body] of Object.entries(FILES)) {
    const response = await fetch(new URL(`/v1/imports?name=${name}&as=leads`, program.address), {
      method: 'POST',
      headers: { 'x-tregua-token': token },
      body,
    });
    expect(response.status).toBe(200);
  }
});
afterAll(async () => {
  await browser.close();
  await program.stop();
});

test.each([
  ['es', identityEs, 'identity.confirm', 390, 'dark', 'X1', 'crm:77'],
  ['en', identityEn, 'identity.reject', 1440, 'light', 'X2', 'crm:78'],
] as const)('in %s', async (language, words, button, width, colours, lead, contact) => {
  const { page, complaints, keep, close } = await openPage(browser, program.address, {
    language,
    width,
    colours,
  });
  try {
    await page.goto('/identity');
    const pair = page.locator('.pairs > li', { hasText: contact });
    await pair.waitFor();
    expect(await pair.textContent()).toContain(lead);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await keep('identity');
    await pair.getByRole('button', { name: words[button] }).press('Enter');
    await pair.waitFor({ state: 'detached' });
    await page.goto(`/leads/${contact}`);
    await page.locator('.lead h1').waitFor();
    const isJoined = button === 'identity.confirm';
    expect(await page.locator('.lead h1').textContent()).toBe(isJoined ? lead : contact);
    if (isJoined) await page.getByText(words['rung.confirmed']).waitFor();
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});
