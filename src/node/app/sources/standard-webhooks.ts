import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Standard Webhooks 1.0.0: a message's id, when it was sent, and signatures over both and the raw body. */
export interface SignedMessage {
  readonly id: string | undefined;
  /** Seconds since 1970. */
  readonly timestamp: string | undefined;
  /** `v1,<base64>`, one or several, by spaces. */
  readonly signature: string | undefined;
  readonly body: Uint8Array;
}

/** How far the clock of the sender may be from ours. */
export const TOLERANCE_SECONDS = 300;

const SECRET_PREFIX = 'whsec_';
const SECRET_BYTES = 24;
const DIGEST_BYTES = 32;

export type SignatureFault = 'hook.no_signature' | 'hook.bad_id' | 'hook.stale' | 'hook.bad_signature';

export function newSecret(): string {
  return SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

/** True of a text that is a secret: `whsec_` and 24 to 64 bytes in base64. */
export function isSecret(text: string): boolean {
  const bytes = keyOf(text).byteLength;
  return /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(text) && bytes >= 24 && bytes <= 64;
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
}

/** The signature of a message, as its header has it. */
export function signatureOf(secret: string, id: string, timestamp: string, body: Uint8Array): string {
  const digest = createHmac('sha256', keyOf(secret))
    .update(`${id}.${timestamp}.`)
    .update(body)
    .digest('base64');
  return `v1,${digest}`;
}

/**
 * Checks a message against the secrets in force (several while one replaces another).
 *
 * @param now seconds since 1970
 * @returns null where it is what one who knows a secret sent, lately
 */
export function signatureFault(
  { id, timestamp, signature, body }: SignedMessage,
  secrets: readonly string[],
  now: number,
): SignatureFault | null {
  if (id === undefined || timestamp === undefined || signature === undefined) return 'hook.no_signature';
  // A full stop would let one id's message pass for another's.
  if (!/^[\x21-\x2d\x2f-\x7e]{1,200}$/.test(id)) return 'hook.bad_id';
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > TOLERANCE_SECONDS)
    return 'hook.stale';
  const given = signature
    .split(' ')
    .filter((each) => each.startsWith('v1,'))
    .map((each) => Buffer.from(each.slice('v1,'.length), 'base64'))
    .filter((each) => each.byteLength === DIGEST_BYTES);
  const expected = secrets.map((secret) =>
    Buffer.from(signatureOf(secret, id, timestamp, body).slice('v1,'.length), 'base64'),
  );
  // All are compared, so that the time tells nothing of which came near.
  const matches = expected.flatMap((one) => given.map((other) => timingSafeEqual(one, other)));
  return matches.includes(true) ? null : 'hook.bad_signature';
}
