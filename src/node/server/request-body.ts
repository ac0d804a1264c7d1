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
  const bytes = await readBytes(context.req.raw.body, most, limits.patienceMs ?? PATIENCE_MS);
  if (unpack === undefined) return bytes;
  try {
    return await unpack(bytes, { maxOutputLength: MOST_UNPACKED_BYTES });
  } catch (error) {
    if (isNodeError(error) && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(MOST_UNPACKED_BYTES);
    throw new FaultError([fault('server.bad_encoding', { encoding })]);
  }
}

async function readBytes(
  body: ReadableStream<Uint8Array> | null,
  most: number,
  patienceMs: number,
): Promise<Uint8Array> {
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const late = new FaultError([fault('server.too_slow', { seconds: Math.ceil(patienceMs / 1000) })]);
  let stop: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    stop = setTimeout(() => reject(late), patienceMs);
  });
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), timeout]);
      if (done) return Buffer.concat(chunks);
      bytes += value.byteLength;
      inFlight += value.byteLength;
      if (bytes > most) throw tooLarge(most);
      if (inFlight > MOST_IN_FLIGHT_BYTES) throw new FaultError([fault('server.overloaded')]);
      chunks.push(value);
    }
  } catch (error) {
    void reader.cancel().catch(() => undefined);
    if (error instanceof FaultError) throw error;
    // The caller is gone; there is nobody to tell.
    throw new FaultError([fault('server.broken_body')], { cause: error });
  } finally {
    clearTimeout(stop);
    inFlight -= bytes;
  }
}

function tooLarge(most: number): FaultError {
  return new FaultError([fault('server.body_too_large', { most: Math.floor(most / 1_048_576) })]);
}
