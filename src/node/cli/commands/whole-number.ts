import { fault } from '../../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../../core/diagnostic/errors.ts';

/** The number that a flag names, from 1 up. Throws a `FaultError` where it names none. */
export function wholeNumber(name: string, value: string): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < 1)
    throw new FaultError([fault('cli.bad_number', { name, value })]);
  return number;
}
