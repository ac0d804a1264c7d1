import { createHash } from 'node:crypto';
import type Database from 'libsql';
import { member } from './member.ts';

const SCHEMA = `
  create table if not exists agreement_version (
    version integer primary key autoincrement,
    text text not null,
    hash text not null,
    recorded_at text not null
  );
  create table if not exists agreement_signature (
    id integer primary key autoincrement,
    version integer not null references agreement_version (version),
    area text,
    name text not null,
    reason text,
    signed_at text not null
  );`;

/** Columns that came after the first release of the archive. */
const LATER_COLUMNS = ['effective_from', 'applied_at', 'note', 'withdrawn_at'] as const;

export interface Signature {
  /** The area that signs; `null` for the director, who decides instead of the areas and says why. */
  readonly area: string | null;
  readonly name: string;
  readonly reason: string | null;
  /** ISO 8601 UTC. */
  readonly signedAt: string;
}

/** A version of the agreement: as it was found, applied, or only proposed. */
export interface ArchivedVersion {
  readonly version: number;
  readonly text: string;
  readonly hash: string;
  readonly recordedAt: string;
  /** Local day from which on leads that are created are judged by it; `null`: all before, too. */
  readonly from: string | null;
  /** `null` while it is a proposal. */
  readonly appliedAt: string | null;
  readonly withdrawnAt: string | null;
  /** Why it was changed, in its author's words. */
  readonly note: string | null;
  readonly signatures: readonly Signature[];
}

/** What happens to a version is added, never changed: signatures, its application, its withdrawal. */
export class AgreementArchive {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    this.#database = database;
    database.exec(SCHEMA);
    const columns = new Set(
      database
        .prepare('pragma table_info(agreement_version)')
        .all()
        .map((row) => String(member(row, 'name'))),
    );
    for (const name of LATER_COLUMNS) {
      if (columns.has(name)) continue;
      database.exec(`alter table agreement_version add column ${name} text`);
      if (name === 'applied_at') database.exec('update agreement_version set applied_at = recorded_at');
    }
  }

  /** All of them, oldest first. */
  versions(): readonly ArchivedVersion[] {
    const signatures = new Map<number, Signature[]>();
    for (const row of this.#database.prepare('select * from agreement_signature order by id').all()) {
      const version = Number(member(row, 'version'));
      signatures.set(version, [...(signatures.get(version) ?? []), signatureOf(row)]);
    }
    return this.#database
      .prepare('select * from agreement_version order by version')
      .all()
      .map((row) => versionOf(row, signatures.get(Number(member(row, 'version'))) ?? []));
  }

  /** Those that were put in force by an instant, in the order in which they were. */
  applied(by?: string): readonly ArchivedVersion[] {
    return this.versions()
      .filter(({ appliedAt }) => appliedAt !== null && (by === undefined || appliedAt <= by))
      .toSorted((one, other) => order(one).localeCompare(order(other)) || one.version - other.version);
  }

  find(version: number): ArchivedVersion | null {
    return this.versions().find((each) => each.version === version) ?? null;
  }

  /** Keeps a text as a version: in force at once, or as a proposal. */
  add(version: {
    readonly text: string;
    readonly from: string | null;
    readonly note: string | null;
    readonly inForce: boolean;
  }): ArchivedVersion {
    const now = new Date().toISOString();
    const { lastInsertRowid } = this.#database
      .prepare(
        `insert into agreement_version (text, hash, recorded_at, effective_from, applied_at, note)
         values (?, ?, ?, ?, ?, ?)`,
      )
      .run(version.text, hashOf(version.text), now, version.from, version.inForce ? now : null, version.note);
    return this.#known(Number(lastInsertRowid));
  }

  /** What stands in the agreement's file: a text that is new replaces the version that it was edited from. */
  found(text: string): ArchivedVersion {
    const last = this.applied().at(-1);
    if (last?.hash === hashOf(text)) return last;
    return this.add({ text, from: last?.from ?? null, note: null, inForce: true });
  }

  apply(version: number, from: string | null): ArchivedVersion {
    this.#database
      .prepare('update agreement_version set applied_at = ?, effective_from = ? where version = ?')
      .run(new Date().toISOString(), from, version);
    return this.#known(version);
  }

  withdraw(version: number): ArchivedVersion {
    this.#database
      .prepare('update agreement_version set withdrawn_at = ? where version = ?')
      .run(new Date().toISOString(), version);
    return this.#known(version);
  }

  sign(version: number, signature: Omit<Signature, 'signedAt'>): ArchivedVersion {
    this.#database
      .prepare(
        'insert into agreement_signature (version, area, name, reason, signed_at) values (?, ?, ?, ?, ?)',
      )
      .run(version, signature.area, signature.name, signature.reason, new Date().toISOString());
    return this.#known(version);
  }

  #known(version: number): ArchivedVersion {
    const found = this.find(version);
    if (found === null) throw new Error(`a version that was not kept: ${version}`);
    return found;
  }
}

function order({ appliedAt }: ArchivedVersion): string {
  return appliedAt ?? '';
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function textOrNull(row: unknown, name: string): string | null {
  const value = member(row, name);
  return typeof value === 'string' ? value : null;
}

function signatureOf(row: unknown): Signature {
  return {
    area: textOrNull(row, 'area'),
    name: textOrNull(row, 'name') ?? '',
    reason: textOrNull(row, 'reason'),
    signedAt: textOrNull(row, 'signed_at') ?? '',
  };
}

function versionOf(row: unknown, signatures: readonly Signature[]): ArchivedVersion {
  return {
    version: Number(member(row, 'version')),
    text: textOrNull(row, 'text') ?? '',
    hash: textOrNull(row, 'hash') ?? '',
    recordedAt: textOrNull(row, 'recorded_at') ?? '',
    from: textOrNull(row, 'effective_from'),
    appliedAt: textOrNull(row, 'applied_at'),
    withdrawnAt: textOrNull(row, 'withdrawn_at'),
    note: textOrNull(row, 'note'),
    signatures,
  };
}
