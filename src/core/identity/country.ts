import type { CountryCode } from 'libphonenumber-js/max';
import { isPhoneCountry } from './phone-key.ts';

/** The currencies that one country alone has, where people trade in Spanish, Portuguese or English. */
const COUNTRY_OF_CURRENCY: Readonly<Record<string, CountryCode>> = {
  ARS: 'AR',
  AUD: 'AU',
  BOB: 'BO',
  BRL: 'BR',
  CAD: 'CA',
  CHF: 'CH',
  CLP: 'CL',
  COP: 'CO',
  CRC: 'CR',
  CUP: 'CU',
  DOP: 'DO',
  GBP: 'GB',
  GTQ: 'GT',
  HNL: 'HN',
  INR: 'IN',
  MXN: 'MX',
  NIO: 'NI',
  NZD: 'NZ',
  PEN: 'PE',
  PYG: 'PY',
  USD: 'US',
  UYU: 'UY',
  VES: 'VE',
};

/**
 * The country of phone numbers without a country code.
 *
 * @param country as the agreement says, or null
 * @returns null where neither it nor the currency tells: the euro has twenty
 */
export function phoneCountry(country: string | null, currency: string): CountryCode | null {
  if (country !== null) return isPhoneCountry(country) ? country : null;
  return COUNTRY_OF_CURRENCY[currency] ?? null;
}
