import { createHmac, timingSafeEqual } from 'node:crypto';

/** The header of a body as Meta signs it: the lower-case hexadecimal HMAC-SHA256 of the raw bytes. */
export function metaSignature(appSecret: string, body: Uint8Array): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

/** True of a body that one who knows an app secret signed. SHA-1, upper case and short forms are none. */
export function isSignedByMeta(
  header: string | undefined,
  body: Uint8Array,
  secrets: readonly string[],
): boolean {
  if (header === undefined || !/^sha256=[0-9a-f]{64}$/.test(header)) return false;
  const given = Buffer.from(header);
  const matches = secrets.map((secret) => timingSafeEqual(given, Buffer.from(metaSignature(secret, body))));
  return matches.includes(true);
}

/** True of equal texts, in a time that does not depend on where they differ. */
export function sameText(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', 'verify').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
