import type { Agreement, Field } from '../../core/agreement/agreement.ts';
import { parseAgreement } from '../../core/agreement/parse.ts';
import { allFields, inForce, rulebookOf } from '../../core/agreement/rulebook.ts';
import type { AgreementVersion, Rulebook } from '../../core/agreement/rulebook.ts';
import { localDay } from '../../core/calendar/days.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { InvariantError } from '../../core/diagnostic/errors.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import type { AgreementArchive, ArchivedVersion } from '../ledger/agreement-archive.ts';

/** The number of a draft, which has none yet. */
export const DRAFT = 0;

/** What the archive of versions makes of history. */
export class AgreementRules {
  readonly #archive: AgreementArchive;
  readonly #parsed = new Map<string, Result<Agreement>>();

  constructor(archive: AgreementArchive) {
    this.#archive = archive;
  }

  /** The versions that count, those to come included, in the order of their days. */
  standing(): Result<readonly AgreementVersion[]> {
    return this.#readAll(inForce(this.#archive.applied()));
  }

  /** The fields that the raw tables must have: what any version that counts reads. */
  stored(): Result<readonly Field[]> {
    const standing = this.standing();
    return standing.ok
      ? success(allFields(standing.value.map(({ agreement }) => agreement).toReversed()))
      : standing;
  }

  /** Each lead under the version of its time, as far as versions were known and had begun by an instant. */
  history(asOf: string): Result<Rulebook> {
    const applied = this.#archive.applied(asOf);
    // Before the first was known, it is the only one there is.
    const versions = this.#readAll(
      inForce(applied.length > 0 ? applied : this.#archive.applied().slice(0, 1)),
    );
    if (!versions.ok) return versions;
    const latest = versions.value.at(-1);
    if (latest === undefined) throw new InvariantError('no agreement was ever in force');
    const today = localDay(asOf, latest.agreement.timezone);
    const begun = versions.value.filter(({ from }) => from === null || from <= today);
    return this.#under(begun.length > 0 ? begun : versions.value.slice(0, 1));
  }

  /** All of history under one version. */
  version(number: number): Result<Rulebook> {
    const found = this.#archive.find(number);
    if (found === null) {
      const known = this.#archive.versions().map(({ version }) => version);
      return failure(fault('agreement.unknown_version', { version: number, known: known.join(', ') }));
    }
    const read = this.read(found);
    return read.ok ? this.#under([{ version: number, from: null, agreement: read.value }]) : read;
  }

  /** All of history under a draft. */
  draft(agreement: Agreement): Result<Rulebook> {
    return this.#under([{ version: DRAFT, from: null, agreement }]);
  }

  /** The local day on which a version that is already kept begins to count, after another day; `null` for none. */
  beginsAfter(day: string): string | null {
    const later = inForce(this.#archive.applied()).flatMap(({ from }) =>
      from !== null && from > day ? [from] : [],
    );
    return later[0] ?? null;
  }

  read(version: ArchivedVersion): Result<Agreement> {
    const known = this.#parsed.get(version.hash);
    if (known !== undefined) return known;
    const parsed = parseAgreement(version.text, `tregua.yaml@${version.version}`);
    this.#parsed.set(version.hash, parsed);
    return parsed;
  }

  #under(versions: readonly AgreementVersion[]): Result<Rulebook> {
    const stored = this.stored();
    return stored.ok ? rulebookOf(versions, stored.value) : stored;
  }

  #readAll(versions: readonly ArchivedVersion[]): Result<readonly AgreementVersion[]> {
    const read: AgreementVersion[] = [];
    for (const version of versions) {
      const agreement = this.read(version);
      if (!agreement.ok) return agreement;
      read.push({ version: version.version, from: version.from, agreement: agreement.value });
    }
    return success(read);
  }
}
