import { fault } from '../../core/diagnostic/diagnostic.ts';
import { InvariantError } from '../../core/diagnostic/errors.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { AgreementArchive } from '../ledger/agreement-archive.ts';
import { checkNewVersion, checkSignature, isAgreed, standings } from './agreement-versions.ts';
import type { NewSignature, NewVersion, VersionStanding } from './workspace.ts';

/** Where versions of the agreement are proposed, signed, put in force and withdrawn. */
export class AgreementDesk {
  readonly #archive: AgreementArchive;
  readonly #putInForce: (text: string) => Promise<void>;

  /** @param putInForce told the text of a version that the archive has as in force */
  constructor(archive: AgreementArchive, putInForce: (text: string) => Promise<void>) {
    this.#archive = archive;
    this.#putInForce = putInForce;
  }

  versions(): readonly VersionStanding[] {
    return standings(this.#archive, new Date().toISOString());
  }

  versionText(version: number): Result<string> {
    const found = this.#archive.find(version);
    const known = this.#archive.versions().map((each) => each.version);
    return found === null
      ? failure(fault('agreement.unknown_version', { version, known: known.join(', ') }))
      : success(found.text);
  }

  async putVersion(version: NewVersion): Promise<Result<VersionStanding>> {
    const agreements = this.#archive;
    const checked = checkNewVersion(agreements, version);
    if (!checked.ok) return checked;
    const { text, from, note = null, propose = false } = version;
    const last = agreements.applied().at(-1);
    if (!propose && last?.text === text && last.from === from) return success(this.#standing(last.version));
    const kept = agreements.add({ text, from, note, inForce: !propose });
    if (!propose) await this.#putInForce(kept.text);
    return success(this.#standing(kept.version));
  }

  async signVersion(number: number, signature: NewSignature): Promise<Result<VersionStanding>> {
    const agreements = this.#archive;
    const checked = checkSignature(agreements, number, signature);
    if (!checked.ok) return checked;
    const { text, from, appliedAt } = checked.value;
    const agreement = checkNewVersion(agreements, { text, from, file: `tregua.yaml@${number}` });
    if (!agreement.ok && appliedAt === null) return agreement;
    const { area, name, reason = null } = signature;
    const signed = agreements.sign(number, { area, name: name.trim(), reason });
    if (agreement.ok && appliedAt === null && isAgreed(signed, agreement.value)) {
      agreements.apply(number, from);
      await this.#putInForce(text);
    }
    return success(this.#standing(number));
  }

  withdrawVersion(number: number): Result<VersionStanding> {
    const found = this.#archive.find(number);
    if (found === null || found.appliedAt !== null || found.withdrawnAt !== null)
      return failure(fault('agreement.no_proposal', { version: number }));
    this.#archive.withdraw(number);
    return success(this.#standing(number));
  }

  #standing(version: number): VersionStanding {
    const found = standings(this.#archive, new Date().toISOString()).find((each) => each.version === version);
    if (found === undefined) throw new InvariantError(`a version that was not kept: ${version}`);
    return found;
  }
}
