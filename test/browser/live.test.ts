import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage } from './browser.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';

/** A lead that is posted stands on the page that somebody has open, without a reload. */

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

async function post(path: string, headers: Readonly<Record<string, string>>, body: object): Promise<unknown> {
  const response = await fetch(new URL(path, program.address), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  expect(response.ok, await response.clone().text()).toBe(true);
  return response.json();
}

test('the page follows', async () => {
  const note: unknown = JSON.parse(readFileSync(join(program.home, '.tregua', 'server.json'), 'utf8'));
  const operator = String(Reflect.get(Object(note), 'token'));
  const made = await post(
    '/v1/tokens',
    { 'x-tregua-token': operator },
    { name: 'shop', scopes: ['leads:write'] },
  );
  const authorization = `Bearer ${String(Reflect.get(Object(made), 'token'))}`;
  const { page, complaints, close } = await openPage(browser, program.address, {
    language: 'en',
    width: 1440,
    colours: 'light',
  });
  try {
    await page.goto('/leads?search=posted-');
    await page.getByRole('main').getByText('No lead', { exact: false }).first().waitFor();
    const began = performance.now();
    await post('/v1/leads', { authorization }, { lead_id: 'posted-1', created_at: '2026-06-01T10:00:00Z' });
    await page.getByText('posted-1').first().waitFor();
    // Within a second where the machine is not shared; what counts here is that nobody reloads.
    expect(performance.now() - began).toBeLessThan(20_000);
    await post('/v1/leads', { authorization }, { lead_id: 'posted-2', created_at: '2026-06-02T10:00:00Z' });
    await page.getByText('posted-2').first().waitFor();
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});
