import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A browser that is told what to do and watched by nothing but its own pages. What tests drive it with also looks on at
 * the network: for each request the engine reads its script a second time, to say which line asked. On a slow processor
 * that is a good part of a page's start, and no reader has it.
 *
 * @param executable Chromium's
 * @param language of the reader: `es-MX`
 */
export function openBareBrowser(executable, language) {
  const profile = mkdtempSync(join(tmpdir(), 'tregua-browser-'));
  const child = spawn(
    executable,
    [
      '--headless',
      '--remote-debugging-pipe',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--no-first-run',
      `--lang=${language}`,
      `--accept-lang=${language}`,
      `--user-data-dir=${profile}`,
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const [, , , orders, answers] = child.stdio;
  const waiting = new Map();
  let last = 0;
  let rest = '';
  answers.setEncoding('utf8').on('data', (text) => {
    const messages = `${rest}${text}`.split('\0');
    rest = messages.pop() ?? '';
    for (const { id, result, error } of messages.map((each) => JSON.parse(each)))
      waiting.get(id)?.(result, error);
  });
  const send = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, (result, error) => (error ? reject(new Error(error.message)) : resolve(result)));
      orders.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
  return {
    /** Opens a page with nothing kept, runs a script before its own, and gives what an expression says in the end. */
    async visit({ address, before, slower, width, height, until }) {
      const { browserContextId } = await send('Target.createBrowserContext');
      const { targetId } = await send('Target.createTarget', {
        url: 'about:blank',
        browserContextId,
        newWindow: true,
      });
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
      const tell = (method, params) => send(method, params, sessionId);
      await tell('Emulation.setDeviceMetricsOverride', {
        width,
        height,
        deviceScaleFactor: 1,
        mobile: false,
      });
      await tell('Emulation.setCPUThrottlingRate', { rate: slower });
      await tell('Page.enable');
      await tell('Page.addScriptToEvaluateOnNewDocument', { source: before });
      await tell('Page.bringToFront');
      await tell('Page.navigate', { url: address });
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        const { result } = await tell('Runtime.evaluate', { expression: until, returnByValue: true });
        if (result.value == null) continue;
        await send('Target.disposeBrowserContext', { browserContextId });
        return result.value;
      }
    },
    async close() {
      await send('Browser.close');
      await ended;
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
