import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { dataEn } from '../../locales/en/data.ts';
import { measureEn } from '../../locales/en/measure.ts';
import { webEn } from '../../locales/en/web.ts';
import { dataEs } from '../../locales/es/data.ts';
import { measureEs } from '../../locales/es/measure.ts';
import { webEs } from '../../locales/es/web.ts';
import { translator } from '../../src/core/diagnostic/wording.ts';
import type { Language, Translate } from '../../src/core/diagnostic/wording.ts';
import { findChromium } from '../../src/node/server/browser-pipe.ts';

/** The engine without a window around it, where no other is named. */
const SHELL = '/usr/bin/chromium-headless-shell';
export const ARTEFACTS = fileURLToPath(new URL('../../test-artefacts/', import.meta.url));

export const WORDS: Readonly<Record<Language, Translate>> = {
  es: translator('es', measureEs, webEs),
  en: translator('en', measureEn, webEn),
};

/** Of the screens of data. */
export const DATA_WORDS: Readonly<Record<Language, Translate>> = {
  es: translator('es', dataEs),
  en: translator('en', dataEn),
};

/** Chromium: where CHROMIUM_PATH says, the engine alone, or where systems keep it. */
export function openBrowser(): Promise<Browser> {
  const executablePath = findChromium({ CHROMIUM_PATH: process.env['CHROMIUM_PATH'] ?? SHELL });
  if (executablePath === null) throw new Error('no Chromium: name one in CHROMIUM_PATH');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-quic',
    ],
  });
}

/** How somebody reads the screens. */
export interface Reader {
  readonly language: Language;
  readonly width?: number;
  readonly colours?: 'light' | 'dark';
  /** Whether the reader's fingers touch the screen. */
  readonly touches?: boolean;
  /** Nobody has shown this reader around yet. */
  readonly isFirstVisit?: boolean;
}

/** A reader's page, and all that its console complained of. */
export interface Reading {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly keep: (name: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Waits until all that a page shows has come: the page says so itself. */
export async function settled(page: Page): Promise<void> {
  await page.locator('html[data-settled="yes"]').waitFor({ state: 'attached' });
}

export async function openPage(browser: Browser, address: string, reader: Reader): Promise<Reading> {
  const { language, width = 1440, colours = 'light' } = reader;
  const context = await browser.newContext({
    baseURL: address,
    locale: language === 'es' ? 'es-ES' : 'en-US',
    viewport: { width, height: 900 },
    colorScheme: colours,
    reducedMotion: 'reduce',
    hasTouch: reader.touches ?? false,
  });
  if (reader.isFirstVisit !== true)
    await context.addInitScript("localStorage.setItem('tregua.tour', 'seen')");
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith('data:'))
      complaints.push(`asked elsewhere: ${request.url()}`);
  });
  return {
    page,
    complaints,
    async keep(name) {
      mkdirSync(ARTEFACTS, { recursive: true });
      const file = `${name}-${language}-${width}-${colours}.png`;
      await page.screenshot({ path: join(ARTEFACTS, file), fullPage: true });
    },
    close: () => context.close(),
  };
}
