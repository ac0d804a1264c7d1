import { Readable } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { OPERATOR, serveAgreement } from '../server/served.ts';
import { AGREEMENT, funnelOf, linesOf, makeHome, open } from './taps.ts';

/** Who tells a load is gone in the middle of it: what was kept counts, and the source can be read again. */

/** As much as is kept at the next state. */
const PART = Buffer.from(
  linesOf([
    { type: 'SCHEMA', stream: 'leads', key_properties: ['lead_id'], schema: { properties: { lead_id: {} } } },
    ...Array.from({ length: 90 }, (_, nth) => ({
      type: 'RECORD',
      stream: 'leads',
      record: { lead_id: `L${nth}`, created_at: '2026-02-01T10:00:00Z', note: 'x'.repeat(100_000) },
    })),
    { type: 'STATE', value: { n: 90 } },
  ]),
);

test.each(['the answer is left', 'the request breaks off'])('%s', { timeout: 120_000 }, async (way) => {
  const served = await serveAgreement(AGREEMENT);
  onTestFinished(() => served.close());
  const { app, workspace } = served;
  const post = (body: ReadableStream<Uint8Array> | string): Promise<Response> =>
    Promise.resolve(
      app.request('/v1/load?format=singer&source=crm', {
        method: 'POST',
        headers: { host: 'localhost', 'x-tregua-token': OPERATOR },
        body,
        ...{ duplex: 'half' },
      }),
    );
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const tap = writable.getWriter();
  void tap.write(PART);
  const answer = (await post(readable)).body?.getReader();
  let heard = '';
  while (!heard.includes('"kind":"state"'))
    heard += Buffer.from((await answer?.read())?.value ?? []).toString();
  if (way === 'the answer is left') {
    const left = answer?.cancel();
    void tap.close();
    await left;
  } else {
    void tap.abort(new Error('gone'));
    await expect(answer?.read()).rejects.toThrow();
  }
  await vi.waitFor(async () => expect(await funnelOf(workspace)).toMatchObject({ lead: 90 }), {
    timeout: 30_000,
  });
  const again = await (await post(PART.toString())).text();
  expect(again).toContain('"kind":"end"');
  expect(again).toContain('"unchanged":90');
});

test('who listens leaves at the very state that was kept', async () => {
  const workspace = await open(makeHome());
  const content = Readable.from([PART]);
  for await (const event of workspace.load({ source: 'crm', format: 'singer', content }))
    if (event.kind === 'state') break;
  expect(await funnelOf(workspace)).toMatchObject({ lead: 90 });
});
