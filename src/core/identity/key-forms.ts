import { unreachable } from '../diagnostic/errors.ts';
import type { CountryCode } from 'libphonenumber-js/max';
import { emailKey } from './email-key.ts';
import { nameKey } from './name-key.ts';
import { phoneKey } from './phone-key.ts';
import type { TextKey } from './rungs.ts';

/** How a text is compared. */
export type KeyForms =
  /** The texts of which the SHA-256 is compared: our own key first, then as platforms write it before hashing. */
  | { readonly kind: 'texts'; readonly texts: readonly [string, ...string[]]; readonly isShared: boolean }
  /** A platform had hashed it: its SHA-256, in lower-case hexadecimal digits. */
  | { readonly kind: 'hashed'; readonly hash: string };

const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;

const BASE64_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const HEX_DIGITS = 64;

/**
 * What of an e-mail, a phone or a name is compared.
 *
 * @param country of phones without a country code
 * @returns null where the text tells nobody
 */
export function keyForms(kind: TextKey, text: string, country: CountryCode | null): KeyForms | null {
  const bare = text.trim();
  if (kind !== 'name' && HEX.test(bare)) return { kind: 'hashed', hash: bare.toLowerCase() };
  if (kind !== 'name' && BASE64.test(bare)) return { kind: 'hashed', hash: hexOfBase64(bare) };
  switch (kind) {
    case 'email': {
      const email = emailKey(bare);
      return email && formsOf([email.key, email.google, email.meta], email.isShared);
    }
    case 'phone': {
      const phone = phoneKey(bare, country);
      if (phone === null || phone === 'lost') return null;
      return formsOf([phone.key, phone.e164, phone.e164.slice(1)], phone.isShared);
    }
    case 'name': {
      const name = nameKey(bare);
      return name === null ? null : formsOf([name], false);
    }
    default:
      return unreachable(kind, 'key');
  }
}

function formsOf([own, ...others]: readonly [string, ...string[]], isShared: boolean): KeyForms {
  const rest = [...new Set(others)].filter((text) => text !== own);
  return { kind: 'texts', texts: [own, ...rest], isShared };
}

function hexOfBase64(text: string): string {
  const bits = Array.from(text.replace('=', ''), (digit) =>
    BASE64_DIGITS.indexOf(digit).toString(2).padStart(6, '0'),
  );
  const nibbles = bits.join('').match(/.{4}/g) ?? [];
  return nibbles
    .slice(0, HEX_DIGITS)
    .map((nibble) => Number.parseInt(nibble, 2).toString(16))
    .join('');
}
