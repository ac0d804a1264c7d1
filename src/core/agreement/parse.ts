import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { failure, success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import type { Agreement, Area, Field } from './agreement.ts';
import { AgreementCheck } from './agreement-check.ts';
import { readDimensions } from './read-dimensions.ts';
import { readFunnel, readLost } from './read-funnel.ts';
import { readHandoffs, readTargets } from './read-promises.ts';
import { agreementFile, keysAt } from './schema.ts';
import type { AgreementFile } from './schema.ts';
import { YamlDocument } from './yaml-document.ts';

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
  if (!shape.success) return failure(...document.value.faultsOf(shape.error, keysAt));
  const check = new AgreementCheck(document.value, shape.data);
  const agreement = read(shape.data, check);
  const faults: readonly Diagnostic[] = check.faults;
  return faults.length > 0 ? failure(...faults) : success(agreement);
}

function read(file: AgreementFile, check: AgreementCheck): Agreement {
  checkTimezone(file, check);
  checkIdentity(file, check);
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
    identity: file.identity,
    rates: Object.entries(file.rates).flatMap(([currency, days]) =>
      Object.entries(days)
        .map(([from, rate]) => ({ currency, from, rate }))
        .sort((left, right) => left.from.localeCompare(right.from)),
    ),
  };
}

function checkTimezone(file: AgreementFile, check: AgreementCheck): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: file.timezone }).format(0);
    if (/^[+-]/.test(file.timezone)) throw new RangeError('an offset, not a zone');
  } catch {
    check.fault('agreement.unknown_timezone', ['timezone'], { name: file.timezone });
  }
}

function checkIdentity(file: AgreementFile, check: AgreementCheck): void {
  file.identity.forEach((name, position) => {
    if (name !== 'lead_id') check.field(name, ['identity', position]);
  });
}
