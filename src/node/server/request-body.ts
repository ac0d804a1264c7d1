import { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Context } from 'hono';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { isNodeError } from '../system-error.ts';

/** As sent, and as unpacked. */
export const MOST_BODY_BYTES = 16 * 1024 * 1024;
const MOST_UNPACKED_BYTES = 32 * 1024 * 1024;

/** Of all bodies that are being read: beyond, callers are asked to come again. */
const MOST_IN_FLIGHT_BYTES = 256 * 1024 * 1024;

/** For a whole body; a caller that drips holds nothing for longer. */
const PATIENCE_MS = 30_000;

let inFlight = 0;

const UNPACK: Readonly<
  Record<string, (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Uint8Array>>
> = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

export interface BodyLimits {
  readonly bytes?: number;
  readonly patienceMs?: number;
}

/**
 * The bytes of a request in JSON, unpacked. Throws a `FaultError`: of another type, too large as sent or as
 * unpacked, too slow, or broken off.
 */
export async function readBody(context: Context, limits: BodyLimits = {}): Promise<Uint8Array> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type))
    throw new FaultError([fault('server.no_json', { type: type.slice(0, 80) })]);
  const encoding = (context.req.header('content-encoding') ?? 'identity').toLowerCase();
  const unpack = UNPACK[encoding];
  if (unpack === undefined && encoding !== 'identity')
    throw new FaultError([fault('server.unknown_encoding', { encoding: encoding.slice(0, 40) })]);
  const most = limits.bytes ?? MOST_BODY_BYTES;
  if (Number(context.req.header('content-length') ?? 0) > most) throw tooLarge(most);
  const body = bodyOf(context);
  const bytes =
    body === null ? new Uint8Array() : await readBytes(body, most, limits.patienceMs ?? PATIENCE_MS);
  if (unpack === undefined) return bytes;
  try {
    return await unpack(bytes, { maxOutputLength: MOST_UNPACKED_BYTES });
  } catch (error) {
    if (isNodeError(error) && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(MOST_UNPACKED_BYTES);
    throw new FaultError([fault('server.bad_encoding', { encoding })]);
  }
}

/** Node's own stream where there is one: a web stream around it costs a post more than all else that is done for it. */
function bodyOf(context: Context): Readable | null {
  const bindings: unknown = context.env;
  const incoming: unknown =
    typeof bindings === 'object' && bindings !== null ? Reflect.get(bindings, 'incoming') : undefined;
  if (incoming instanceof IncomingMessage) return incoming;
  const { body } = context.req.raw;
  return body === null ? null : Readable.from(body, { objectMode: false });
}

function readBytes(body: Readable, most: number, patienceMs: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    const stop = (): void => {
      clearTimeout(timeout);
      body.off('data', take).off('end', finish).off('error', breakOff).off('close', breakOff);
      inFlight -= bytes;
    };
    const refuse = (error: FaultError): void => {
      stop();
      // What is left is for the server to drain, once it has answered.
      body.pause();
      reject(error);
    };
    const take = (chunk: Uint8Array): void => {
      bytes += chunk.byteLength;
      inFlight += chunk.byteLength;
      if (bytes > most) refuse(tooLarge(most));
      else if (inFlight > MOST_IN_FLIGHT_BYTES) refuse(new FaultError([fault('server.overloaded')]));
      else chunks.push(chunk);
    };
    const finish = (): void => {
      stop();
      resolve(Buffer.concat(chunks));
    };
    // The caller is gone; there is nobody to tell.
    const breakOff = (cause?: unknown): void =>
      refuse(new FaultError([fault('server.broken_body')], { cause }));
    const timeout = setTimeout(
      () => refuse(new FaultError([fault('server.too_slow', { seconds: Math.ceil(patienceMs / 1000) })])),
      patienceMs,
    );
    body.on('data', take).once('end', finish).once('error', breakOff).once('close', breakOff);
  });
}

function tooLarge(most: number): FaultError {
  return new FaultError([fault('server.body_too_large', { most: Math.floor(most / 1_048_576) })]);
}
