import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { CountryCode, PhoneNumber } from 'libphonenumber-js/max';

/** What of a phone number is compared. */
export interface PhoneKey {
  /** E.164, with its plus. */
  readonly e164: string;
  /** The same without digits that are optional: Argentina's 9, Brazil's ninth digit. */
  readonly key: string;
  /** One that people write to fill a field, such as 5555555555: it names nobody. */
  readonly isShared: boolean;
}

export type PhoneReading = PhoneKey | 'lost' | null;

/** A spreadsheet's `5.51E+11`: the digits are gone. */
const SCIENTIFIC = /^\d(?:[.,]\d+)?e\+?\d+$/i;

/** `p:+52…` in Meta's lead exports, `tel:` and `whatsapp:` elsewhere. */
const SCHEME = /^(?:p|tel|whatsapp)\s*:/i;

/** True of a country by whose rules a national number can be read. */
export function isPhoneCountry(code: string): code is CountryCode {
  return isSupportedCountry(code);
}

/**
 * A phone number as people write it, as one key.
 *
 * @param country of numbers without a country code; null: those cannot be compared
 * @returns `lost` where a spreadsheet has destroyed it; null where it is no valid number
 * @example
 * phoneKey('044 55 1234 5678', 'MX'); // { e164: '+525512345678', key: '+525512345678', isShared: false }
 */
export function phoneKey(text: string, country: CountryCode | null): PhoneReading {
  const bare = text
    .normalize('NFKC')
    .trim()
    .replace(/^['=]+/, '')
    .replaceAll(/^"|"$/g, '')
    .replace(SCHEME, '')
    .trim();
  if (SCIENTIFIC.test(bare)) return 'lost';
  for (const reading of readings(bare.replace(/^00/, '+'), country)) {
    const number = parsePhoneNumberFromString(reading, country ?? undefined);
    if (number?.isValid() === true) return keyOf(number);
  }
  return null;
}

/** The ways in which a text may be meant, the likeliest first. */
function readings(text: string, country: CountryCode | null): readonly string[] {
  const digits = text.replaceAll(/\D/g, '');
  const mobile = /^55(\d{2})([6-9]\d{7})$/.exec(digits);
  const national = `+52${digits.slice(-10)}`;
  return [
    // Mexico gave up its prefixes for mobile phones and long distance on 2019-08-03; lists still have them.
    ...(country === 'MX' && /^(?:044|045|01|1)\d{10}$/.test(digits) ? [national] : []),
    ...(/^\+?521\d{10}$/.test(digits) ? [national] : []),
    text,
    // Ids of WhatsApp lack Brazil's ninth digit, and are no number without it.
    ...(mobile === null ? [] : [`+55${mobile[1]}9${mobile[2]}`]),
    ...(!text.startsWith('+') && digits.length > 10 ? [`+${digits}`] : []),
  ];
}

function keyOf({ number, country, nationalNumber }: PhoneNumber): PhoneKey {
  return {
    e164: number,
    key: foldOptional(number, country),
    isShared: /^(\d)\1+$/.test(nationalNumber) || '12345678901234'.startsWith(nationalNumber),
  };
}

function foldOptional(number: string, country: CountryCode | undefined): string {
  // +54 9 11… and +54 11… are one phone.
  if (country === 'AR') return number.replace(/^\+549/, '+54');
  // Ids of WhatsApp lack the ninth digit.
  if (country === 'BR') return number.replace(/^(\+55\d{2})9(\d{8})$/, '$1$2');
  return number;
}
