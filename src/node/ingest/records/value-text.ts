import type { CellType } from '../conversion.ts';
import { FALSE, isNumber, TRUE } from '../conversion.ts';
import * as forms from '../value-forms.ts';
import { decimalOf, fixedText, scaled, wholeOf } from './decimal-text.ts';
import type { Decimal } from './decimal-text.ts';
import { dayOf, instantOf, startOfDay } from './instant-text.ts';
import type { InstantOptions } from './instant-text.ts';
import { monthsNumbered } from '../month-names.ts';

export interface ValueOptions extends InstantOptions {
  readonly decimal: '.' | ',';
}

const MOST_WHOLE = 10n ** 18n;
const MONEY_SCALE = 4;

const PER_CENT = new RegExp(`^${forms.PER_CENT}$`);
const BEFORE_MARK = new RegExp(`[${forms.BEFORE_PER_CENT}]*%$`);
const BOUND = new RegExp(forms.BOUND);

/** True of a text that says only that a number is less or more than another. */
export function isBound(type: CellType, text: string): boolean {
  return isNumber(type) && BOUND.test(text);
}

/**
 * A text that is not blank as the warehouse writes a value of its type; null where it is none. It reads what
 * the cells of files may hold, so that a record says the same by either way.
 *
 * @param timezone the agreement's: a day of the calendar begins there, whatever zone its source is in
 */
export function readValue(
  type: CellType,
  text: string,
  timezone: string,
  options: ValueOptions,
): string | null {
  switch (type) {
    case 'string':
    case 'text':
      return text;
    case 'presence':
      return 'true';
    case 'integer':
      return wholeText(decimalOf(text, options.decimal));
    case 'count': {
      const whole = wholeText(decimalOf(text, options.decimal));
      return whole === null || whole.startsWith('-') ? null : whole;
    }
    case 'number':
      return PER_CENT.test(text)
        ? hundredths(numberText(text.replace(BEFORE_MARK, ''), options.decimal))
        : numberText(text, options.decimal);
    case 'money':
      return moneyText(decimalOf(text, options.decimal));
    case 'boolean':
      return TRUE.includes(text.toLowerCase()) ? 'true' : FALSE.includes(text.toLowerCase()) ? 'false' : null;
    case 'day':
      return dayOf(monthsNumbered(text), options.dates);
    case 'date': {
      const day = dayOf(monthsNumbered(text), options.dates);
      return day === null ? null : startOfDay(day, timezone);
    }
    case 'timestamp':
      return instantOf(monthsNumbered(text), options);
  }
}

function numberText(text: string, decimal: '.' | ','): string | null {
  const number = decimalOf(text, decimal);
  return number === null ? null : fixedText(number.digits, number.scale);
}

/** Divided as the engine does. */
function hundredths(number: string | null): string | null {
  return number === null ? null : String(Number(number) / 100);
}

function wholeText(number: Decimal | null): string | null {
  const whole = number === null ? null : wholeOf(number);
  return whole !== null && whole > -MOST_WHOLE && whole < MOST_WHOLE ? String(whole) : null;
}

/** An amount with four decimals, as the warehouse keeps money; null beyond what it holds. */
function moneyText(number: Decimal | null): string | null {
  const digits = number === null ? null : scaled(number, MONEY_SCALE);
  return digits !== null && digits > -MOST_WHOLE && digits < MOST_WHOLE
    ? fixedText(digits, MONEY_SCALE)
    : null;
}
