import * as forms from '../value-forms.ts';

/** A decimal number without loss: digits × 10^−scale. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const PLAIN = whole(forms.PLAIN_NUMBER);
const PLAIN_INTEGER = whole(forms.PLAIN_INTEGER);
const SCIENTIFIC = whole(forms.SCIENTIFIC);
const DRESSED = whole(forms.DRESSED);

function whole(form: string): RegExp {
  return new RegExp(`^(?:${form})$`);
}

/** Beyond this no number of ours is, and its digits would only fill memory. */
const MOST_DIGITS = 330;

/**
 * A number as people and programs write it: `31`, `-1.5`, `1e3`, `$1,234.56`, `1.234,56 €`, `(123)`. The same
 * forms as a file's cells may have.
 *
 * @returns null where it is none
 */
export function decimalOf(text: string, decimal: '.' | ','): Decimal | null {
  if (PLAIN_INTEGER.test(text) || (decimal === '.' && PLAIN.test(text))) return parsePlain(text);
  if (DRESSED.test(text)) {
    const digits = text.replaceAll(/[^0-9.,]/g, '');
    const bare =
      decimal === '.' ? digits.replaceAll(',', '') : digits.replaceAll('.', '').replaceAll(',', '.');
    if (!/^\d*\.?\d*$/.test(bare) || !/\d/.test(bare) || bare.length > MOST_DIGITS) return null;
    const negative = text.startsWith('(') || text.includes('-');
    return parsePlain((negative ? '-' : '') + bare);
  }
  if (!SCIENTIFIC.test(text) || !Number.isFinite(Number(text))) return null;
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const { digits, scale } = parsePlain(mantissa);
  const moved = scale - Number(exponent);
  if (Math.abs(moved) > MOST_DIGITS) return { digits: 0n, scale: 0 };
  return moved >= 0 ? { digits, scale: moved } : { digits: digits * 10n ** BigInt(-moved), scale: 0 };
}

function parsePlain(text: string): Decimal {
  const [whole = '', fraction = ''] = text.replace('+', '').split('.');
  return {
    digits: BigInt(`${whole === '' || whole === '-' ? `${whole}0` : whole}${fraction}`),
    scale: fraction.length,
  };
}

/** The number with so many decimals, the half away from zero, as digits × 10^−scale. */
export function scaled({ digits, scale }: Decimal, to: number): bigint {
  if (scale <= to) return digits * 10n ** BigInt(to - scale);
  const unit = 10n ** BigInt(scale - to);
  const magnitude = digits < 0n ? -digits : digits;
  const rounded = (magnitude + unit / 2n) / unit;
  return digits < 0n ? -rounded : rounded;
}

/** The whole number; null where there is a fraction. */
export function wholeOf({ digits, scale }: Decimal): bigint | null {
  const unit = 10n ** BigInt(scale);
  return digits % unit === 0n ? digits / unit : null;
}

/** Digits × 10^−scale as text, with all its decimals. */
export function fixedText(digits: bigint, scale: number): string {
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}
