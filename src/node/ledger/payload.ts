import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** The first byte says how the rest is kept. */
const PLAIN = 0;
const DEFLATED = 1;

/** Below this, a deflated text is hardly smaller. */
const WORTH_BYTES = 256;

/** Bytes as an entry keeps them. */
export function packed(bytes: Uint8Array): Uint8Array {
  if (bytes.byteLength >= WORTH_BYTES) {
    const deflated = deflateRawSync(bytes, { level: 1 });
    if (deflated.byteLength < bytes.byteLength) return Buffer.concat([Buffer.of(DEFLATED), deflated]);
  }
  return Buffer.concat([Buffer.of(PLAIN), bytes]);
}

export function unpacked(bytes: Uint8Array): Uint8Array {
  const rest = bytes.subarray(1);
  return bytes[0] === DEFLATED ? inflateRawSync(rest) : rest;
}
