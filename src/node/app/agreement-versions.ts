import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { parseAgreement } from '../../core/agreement/parse.ts';
import { inForce, rulebookOf } from '../../core/agreement/rulebook.ts';
import { addDays } from '../../core/calendar/add-days.ts';
import { isDay, localDay } from '../../core/calendar/days.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { AgreementArchive, ArchivedVersion } from '../ledger/agreement-archive.ts';
import { AgreementRules, DRAFT } from './agreement-rules.ts';
import { AGREEMENT_FILE } from './home.ts';
import type { NewSignature, NewVersion, VersionStanding } from './workspace.ts';

/** The areas that own something in an agreement, in its order: those that have to sign it. */
export function owners(agreement: Agreement): readonly string[] {
  const owning = new Set([
    ...agreement.stages.map((stage) => stage.owner),
    ...agreement.targets.map((target) => target.owner),
    ...agreement.handoffs.map((handoff) => handoff.owner),
  ]);
  return agreement.areas.map(({ id }) => id).filter((id) => owning.has(id));
}

/** How each version stands on a day. */
export function standings(archive: AgreementArchive, now: string): readonly VersionStanding[] {
  const rules = new AgreementRules(archive);
  const standing = inForce(archive.applied());
  return archive.versions().map((version) => {
    const agreement = rules.read(version);
    const position = standing.findIndex((each) => each.version === version.version);
    const next = standing[position + 1]?.from ?? null;
    const today = localDay(now, agreement.ok ? agreement.value.timezone : 'UTC');
    const signed = new Set(version.signatures.map(({ area }) => area));
    return {
      version: version.version,
      state: stateOf(version, position, today),
      from: position === 0 ? null : version.from,
      to: position < 0 || next === null ? null : addDays(next, -1),
      recorded_at: version.recordedAt,
      applied_at: version.appliedAt,
      note: version.note,
      signatures: version.signatures.map(({ area, name, reason, signedAt }) => ({
        area,
        name,
        reason,
        signed_at: signedAt,
      })),
      unsigned: agreement.ok ? owners(agreement.value).filter((area) => !signed.has(area)) : [],
    };
  });
}

function stateOf(version: ArchivedVersion, position: number, today: string): VersionStanding['state'] {
  if (version.withdrawnAt !== null) return 'withdrawn';
  if (version.appliedAt === null) return 'proposed';
  if (position < 0) return 'replaced';
  return position > 0 && version.from !== null && version.from > today ? 'upcoming' : 'in_force';
}

/** What keeps a text from being a version that holds from a day, or the agreement that it is. */
export function checkNewVersion(archive: AgreementArchive, version: NewVersion): Result<Agreement> {
  if (version.from !== null && !isDay(version.from))
    return failure(fault('agreement.no_such_day', { day: version.from }));
  const agreement = parseAgreement(version.text, version.file);
  if (!agreement.ok) return agreement;
  const rules = new AgreementRules(archive);
  const later = rules.beginsAfter(version.from ?? '');
  if (later !== null)
    return failure(fault('agreement.overlapping_dates', { from: version.from ?? '', later }));
  const standing = rules.standing();
  if (!standing.ok) return standing;
  // Whatever was told in the currency of before would be refused, and with it the sales.
  const was = standing.value.at(-1)?.agreement.currency;
  const { currency, rates } = agreement.value;
  if (was !== undefined && was !== currency && !rates.some((rate) => rate.currency === was))
    return failure(fault('agreement.no_rate_of_before', { was, is: currency }));
  const together = rulebookOf(
    inForce([...standing.value, { version: DRAFT, from: version.from, agreement: agreement.value }]),
  );
  return together.ok ? agreement : together;
}

/** What keeps somebody from signing a version so. */
export function checkSignature(
  archive: AgreementArchive,
  number: number,
  signature: NewSignature,
): Result<ArchivedVersion> {
  const version = archive.find(number);
  if (version === null) {
    const known = archive.versions().map((each) => each.version);
    return failure(fault('agreement.unknown_version', { version: number, known: known.join(', ') }));
  }
  if (version.withdrawnAt !== null) return failure(fault('agreement.withdrawn_version', { version: number }));
  if (signature.name.trim() === '') return failure(fault('agreement.nameless_signature'));
  const agreement = new AgreementRules(archive).read(version);
  if (!agreement.ok) return agreement;
  if (signature.area === null) {
    return (signature.reason ?? '').trim() === ''
      ? failure(fault('agreement.override_without_reason'))
      : success(version);
  }
  const areas = owners(agreement.value);
  if (!areas.includes(signature.area))
    return failure(fault('agreement.no_signing_area', { name: signature.area, known: areas.join(', ') }));
  if (version.signatures.some(({ area }) => area === signature.area))
    return failure(fault('agreement.signed_already', { name: signature.area, version: number }));
  return success(version);
}

/** True of a version to which all areas that own something in it have agreed, or that the director decided. */
export function isAgreed(version: ArchivedVersion, agreement: Agreement): boolean {
  const signed = new Set(version.signatures.map(({ area }) => area));
  return signed.has(null) || owners(agreement).every((area) => signed.has(area));
}

/** The signed version that an unsigned edit of the file has replaced, if that is what counts now. */
export function editedAfterSigning(
  archive: AgreementArchive,
): { readonly version: number; readonly signed: number } | null {
  const applied = archive.applied();
  const last = applied.at(-1);
  const before = applied.at(-2);
  if (last === undefined || before === undefined || before.from !== last.from) return null;
  const rules = new AgreementRules(archive);
  const agreed = (version: ArchivedVersion): boolean => {
    const agreement = rules.read(version);
    return version.signatures.length > 0 && agreement.ok && isAgreed(version, agreement.value);
  };
  return agreed(before) && !agreed(last) ? { version: last.version, signed: before.version } : null;
}

/** Writes the agreement's file whole or not at all. */
export async function writeAgreement(home: string, text: string): Promise<void> {
  const file = join(home, AGREEMENT_FILE);
  const temporary = `${file}.new`;
  await writeFile(temporary, text, { flush: true });
  await rename(temporary, file);
}
