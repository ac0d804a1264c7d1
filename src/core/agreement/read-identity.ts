import { CLICK_IDS, isKeyName } from '../identity/rungs.ts';
import type { AgreementCheck } from './agreement-check.ts';
import type { AgreementFile } from './schema.ts';

const PERSONAL = new Set<string | undefined>(['email', 'phone', 'name']);

/**
 * The fields that tell who a record is of: those named, else all that are marked as an e-mail, phone or name,
 * or are named as an id is.
 */
export function readIdentity(file: AgreementFile, check: AgreementCheck): readonly string[] {
  const tells = (name: string): boolean => PERSONAL.has(file.fields[name]?.pii) || isKeyName(name);
  if (file.identity === undefined) return Object.keys(file.fields).filter(tells);
  return file.identity.filter((name, position) => {
    if (name === 'lead_id') return false;
    if (!check.field(name, ['identity', position])) return false;
    if (!tells(name)) {
      check.fault('agreement.no_identity', ['identity', position], { name, known: CLICK_IDS.join(', ') });
    }
    return true;
  });
}
