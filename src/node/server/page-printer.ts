import { setTimeout as wait } from 'node:timers/promises';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { BrowserPipe, findChromium, recordOf } from './browser-pipe.ts';

const PATIENCE_MS = 45_000;
const LOOK_EVERY_MS = 100;

let queue: Promise<unknown> = Promise.resolve();

/**
 * A page of this server as a PDF, by a Chromium of this machine; one at a time. The page says itself when all
 * that it shows has come. Throws a `FaultError` where there is no Chromium, or it does not finish.
 */
export function printPage(address: string): Promise<Uint8Array> {
  const path = findChromium();
  if (path === null) return Promise.reject(new FaultError([fault('server.no_browser')]));
  const printed = queue.then(() => print(path, address));
  queue = printed.catch(() => undefined);
  return printed;
}

async function print(path: string, address: string): Promise<Uint8Array> {
  const stop = new AbortController();
  const tooLong = wait(PATIENCE_MS, null, { signal: stop.signal }).then(() => {
    throw new FaultError([fault('server.pdf_failed')]);
  });
  // Where the work ends first, nobody waits for it any more.
  tooLong.catch(() => undefined);
  const browser = await BrowserPipe.start(path);
  try {
    return await Promise.race([draw(browser, address), tooLong]);
  } catch (error) {
    if (error instanceof FaultError) throw error;
    throw new FaultError([fault('server.pdf_failed')], { cause: error });
  } finally {
    stop.abort();
    await browser.close();
  }
}

async function draw(browser: BrowserPipe, address: string): Promise<Uint8Array> {
  const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
  const session = String(sessionId);
  await browser.send('Page.navigate', { url: address }, session);
  for (;;) {
    const { result } = await browser.send(
      'Runtime.evaluate',
      { expression: 'document.documentElement.dataset.settled', returnByValue: true },
      session,
    );
    if (recordOf(result)['value'] === 'yes') break;
    await wait(LOOK_EVERY_MS);
  }
  const { data } = await browser.send(
    'Page.printToPDF',
    { printBackground: true, preferCSSPageSize: true },
    session,
  );
  return Buffer.from(String(data), 'base64');
}
