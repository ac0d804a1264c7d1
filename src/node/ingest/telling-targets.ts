import type { Agreement } from '../../core/agreement/agreement.ts';
import { isKeyName, keyFields } from '../../core/identity/rungs.ts';
import type { MappingRecord } from './mapping.ts';
import type { Target } from './targets.ts';

interface TargetedRecord {
  readonly record: MappingRecord;
  readonly targets: readonly Target[];
}

/** The targets that tell whose a record is, besides `lead_id` and the agreement's fields. */
export function keyTargets(targets: readonly Target[]): readonly Target[] {
  return targets.filter(({ name, field }) => isKeyName(name) && (field === null || field.pii === null));
}

/** The targets by which a record may be known that has neither `lead_id` nor an id of another system. */
function madeOf(targets: readonly Target[], agreement: Agreement): readonly Target[] {
  const fields = keyFields(agreement).map(({ field }) => field.name);
  return targets.filter(
    ({ name, field }) => isKeyName(name) || (field !== null && fields.includes(field.name)),
  );
}

/** A lead without any id is told by its file and line, and is a lead of its own. */
function isOfItsLine({ record, targets }: TargetedRecord): boolean {
  const has = (name: string): boolean => targets.some((target) => target.name === name);
  return record.kind === 'leads' && has('created_at') && !has('lead_id') && !has('crm_id');
}

/** The targets of which a row must have one; empty where nothing need be there. */
export function tellingTargets(converted: TargetedRecord, agreement: Agreement): readonly Target[] {
  const { record, targets } = converted;
  if (record.kind !== 'leads' && record.kind !== 'activities') return [];
  if (isOfItsLine(converted)) return [];
  const own = targets.filter(({ name }) => name === 'lead_id');
  const others = own.length > 0 ? keyTargets(targets) : madeOf(targets, agreement);
  return others.length === 0 ? [] : [...own, ...others];
}
