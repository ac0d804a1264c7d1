import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { FaultError } from '../../src/core/diagnostic/errors.ts';
import { readBody } from '../../src/node/server/request-body.ts';

/** How a body is read off a real connection, with callers that are slow, leave, or never end. */

const MEGABYTE = 1_048_576;
const refused: string[] = [];
const app = new Hono();
app.onError((error, context) => {
  const code = error instanceof FaultError ? (error.faults[0]?.code ?? '') : String(error);
  refused.push(code);
  return context.text(code, 400);
});
app.post('/', async (context) => {
  const body = await readBody(context, { bytes: MEGABYTE, patienceMs: 300 });
  return context.text(`${body.byteLength} ${Buffer.from(body.subarray(0, 3)).toString()}`);
});
const server = createAdaptorServer({ fetch: app.fetch });
let port = 0;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo | string | null = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => server.close());
beforeEach(() => {
  refused.length = 0;
});

interface Line {
  readonly socket: Socket;
  /** All that was answered until the other side is done or a text has come. */
  readonly answered: (until: string) => Promise<string>;
}

async function dial(...head: readonly string[]): Promise<Line> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  let told = '';
  socket.setEncoding('utf8').on('data', (text: string) => (told += text));
  socket.write(
    ['POST / HTTP/1.1', 'host: x', 'content-type: application/json', ...head, '', ''].join('\r\n'),
  );
  return {
    socket,
    async answered(until) {
      while (!told.includes(until) && !socket.destroyed)
        await Promise.race([once(socket, 'data'), once(socket, 'close')]);
      return told;
    },
  };
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

test('what comes in pieces is read whole, and as it was before it was packed', async () => {
  const { socket, answered } = await dial('transfer-encoding: chunked');
  for (const text of ['abc', 'd'.repeat(70_000), 'e']) {
    socket.write(chunk(text));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  socket.write(chunk(''));
  expect(await answered('abc')).toMatch(/\r\n70004 abc$/);
  socket.destroy();

  const packed = gzipSync('{"a":1}'.repeat(1000));
  const second = await dial('content-encoding: gzip', `content-length: ${packed.byteLength}`);
  second.socket.write(packed);
  expect(await second.answered('{"a')).toMatch(/\r\n7000 \{"a$/);
  second.socket.destroy();
  expect(refused).toEqual([]);
});

test('a body without end is refused once it is too large, and the caller is told', async () => {
  const { socket, answered } = await dial('transfer-encoding: chunked');
  const piece = chunk('x'.repeat(65_536));
  for (let sent = 0; sent < 20; sent += 1) socket.write(piece);
  expect(await answered('server.')).toContain('server.body_too_large');
  socket.destroy();
  expect(refused).toEqual(['server.body_too_large']);
});

test('a body that drips is given up, and a caller that leaves takes nothing along', async () => {
  const slow = await dial('content-length: 100');
  slow.socket.write('{');
  const gone = await dial('content-length: 100');
  gone.socket.write('{"a":');
  await new Promise((resolve) => setTimeout(resolve, 50));
  gone.socket.destroy();
  expect(await slow.answered('server.')).toContain('server.too_slow');
  slow.socket.destroy();
  expect(refused.toSorted()).toEqual(['server.broken_body', 'server.too_slow']);

  const next = await dial('content-length: 3');
  next.socket.write('abc');
  expect(await next.answered('abc')).toMatch(/\r\n3 abc$/);
  next.socket.destroy();
});
