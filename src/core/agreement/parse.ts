import { isTimeZone } from '../calendar/time-zone.ts';
import { fault } from '../diagnostic/diagnostic.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { InvariantError } from '../diagnostic/errors.ts';
import { failure, success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import { isPhoneCountry } from '../identity/phone-key.ts';
import type { Agreement, Area, Field } from './agreement.ts';
import { AgreementCheck } from './agreement-check.ts';
import { readDimensions } from './read-dimensions.ts';
import { readFunnel, readLost } from './read-funnel.ts';
import { readIdentity } from './read-identity.ts';
import { readHandoffs, readTargets } from './read-promises.ts';
import { salvage } from './salvage.ts';
import { agreementFile, invalidCode, keysAt } from './schema.ts';
import type { AgreementFile } from './schema.ts';
import { YamlDocument } from './yaml-document.ts';

/** So many faults help; more only hide them. */
const MOST_FAULTS = 100;

/** Those of ISO 4217, past ones too: old amounts are in old currencies. */
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/**
 * Reads an agreement.
 *
 * @param source the text of a `tregua.yaml`
 * @param file its name, for the places of faults
 * @returns the checked agreement, or every fault found, each with place and parameters
 */
export function parseAgreement(source: string, file?: string): Result<Agreement> {
  const document = YamlDocument.parse(source, file);
  if (!document.ok) return document;
  const shape = agreementFile.safeParse(document.value.toJs(), { reportInput: true });
  if (shape.success) {
    const check = new AgreementCheck(document.value, shape.data);
    const agreement = read(shape.data, check);
    return check.faults.length > 0 ? failure(...inOrder(check.faults)) : success(agreement);
  }
  const told = document.value.faultsOf(shape.error, { keysAt, invalidCode });
  const faults = told.filter((each) => !isMistyped(each, told));
  const rest = salvage(document.value.toJs(), shape.error);
  if (rest !== null) {
    const check = new AgreementCheck(document.value, rest.file, rest.original);
    read(rest.file, check);
    faults.push(...check.faults.filter((each) => !followsFrom(each, rest.lost)));
  }
  return failure(...inOrder(faults));
}

/** Whether a key is only missing because it was mistyped, which is told. */
function isMistyped({ code, params }: Diagnostic, told: readonly Diagnostic[]): boolean {
  return (
    code === 'yaml.missing_key' &&
    told.some((each) => each.code === 'yaml.unknown_key' && each.params['nearest'] === params['key'])
  );
}

/** Whether a fault is only that something of a wrong shape, told already, was left out. */
function followsFrom({ code, params }: Diagnostic, lost: ReadonlySet<string>): boolean {
  const { name } = params;
  if (typeof name === 'string' && lost.has(name)) return true;
  if (code === 'agreement.unknown_area') return lost.has('areas');
  if (code === 'agreement.no_value' || code === 'agreement.no_reached_stage') return lost.has('funnel');
  return code === 'rule.unknown_field' && lost.has('fields');
}

/** As they stand in the file, and no more than anyone reads. */
function inOrder(faults: readonly Diagnostic[]): readonly [Diagnostic, ...Diagnostic[]] {
  const place = ({ at }: Diagnostic): readonly [number, number] => [at?.line ?? 0, at?.column ?? 0];
  const [first, ...rest] = faults.toSorted((one, other) => {
    const [line, column] = place(one);
    const [otherLine, otherColumn] = place(other);
    return line - otherLine || column - otherColumn;
  });
  if (first === undefined) throw new InvariantError('refused without a fault');
  const more = faults.length - MOST_FAULTS;
  return more > 0
    ? [first, ...rest.slice(0, MOST_FAULTS - 1), fault('agreement.more_faults', { count: more })]
    : [first, ...rest];
}

function read(file: AgreementFile, check: AgreementCheck): Agreement {
  checkTimezone(file, check);
  checkCurrencies(file, check);
  checkCountry(file, check);
  const areas: readonly Area[] = Object.entries(file.areas).map(([id, area]) => ({
    id,
    label: area.label ?? {},
  }));
  const fields: readonly Field[] = Object.entries(file.fields).map(([name, field]) => {
    if (name === 'lead_id' || name === 'created_at' || name === 'effective_at') {
      check.fault('agreement.reserved_field', ['fields', name], { name });
    }
    return {
      name,
      type: field.type,
      label: field.label ?? {},
      pii: field.pii ?? null,
      missing: field.missing ?? [],
    };
  });
  return {
    format: 1,
    name: file.name,
    timezone: file.timezone,
    currency: file.currency,
    weekStarts: file.week_starts,
    areas,
    fields,
    stages: readFunnel(file, check),
    lost: readLost(file, check),
    targets: readTargets(file, check),
    handoffs: readHandoffs(file, check),
    dimensions: readDimensions(file, check),
    country: file.country ?? null,
    identity: readIdentity(file, check),
    rates: Object.entries(file.rates).flatMap(([currency, days]) =>
      Object.entries(days)
        .map(([from, rate]) => ({ currency, from, rate }))
        .sort((left, right) => left.from.localeCompare(right.from)),
    ),
  };
}

function checkTimezone(file: AgreementFile, check: AgreementCheck): void {
  if (isTimeZone(file.timezone)) return;
  check.fault('agreement.unknown_timezone', ['timezone'], { name: file.timezone });
}

function checkCurrencies(file: AgreementFile, check: AgreementCheck): void {
  if (!CURRENCIES.has(file.currency)) {
    check.fault('agreement.unknown_currency', ['currency'], { name: file.currency });
  }
  for (const [currency, days] of Object.entries(file.rates)) {
    if (!CURRENCIES.has(currency)) {
      check.fault('agreement.unknown_currency', ['rates', currency], { name: currency });
    }
    for (const day of Object.keys(days)) check.day(day, ['rates', currency, day]);
  }
}

function checkCountry({ country }: AgreementFile, check: AgreementCheck): void {
  if (country === undefined || isPhoneCountry(country)) return;
  check.fault('agreement.unknown_country', ['country'], { name: country });
}
