import type { Agreement } from '../../core/agreement/agreement.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError, InvariantError } from '../../core/diagnostic/errors.ts';
import type { Mapping } from '../ingest/mapping.ts';
import { prepareDelivery, prepareNotice } from '../ingest/records/delivery.ts';
import { JsonFault, parseJson } from '../ingest/records/json-text.ts';
import { prepareRecords } from '../ingest/records/prepare-entry.ts';
import type { PreparedItem } from '../ingest/records/prepare-entry.ts';
import type { PreparedEntry } from '../ingest/records/project-records.ts';
import { RecordReader } from '../ingest/records/record-reader.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { SqliteLedger } from '../ledger/sqlite.ts';

export const MOST_ITEMS = 10_000;

/** Items that are kept between acknowledgement and projection; beyond, an entry is read again. */
const MOST_REMEMBERED = 100_000;

/** What the entries that hold their bytes come to. */
export class PayloadReader {
  readonly #ledger: SqliteLedger;
  readonly #agreement: () => Agreement;
  /** Of which the readers are. */
  #read: Agreement | null = null;
  readonly #readers = new Map<string, RecordReader>();
  readonly #remembered = new Map<number, PreparedEntry>();
  #items = 0;

  constructor(ledger: SqliteLedger, agreement: () => Agreement) {
    this.#ledger = ledger;
    this.#agreement = agreement;
  }

  remember(prepared: PreparedEntry): void {
    if (this.#items >= MOST_REMEMBERED) return;
    this.#remembered.set(prepared.entry.id, prepared);
    this.#items += prepared.items.length;
  }

  forget(entries: readonly LedgerEntry[]): void {
    for (const { id } of entries) {
      this.#items -= this.#remembered.get(id)?.items.length ?? 0;
      this.#remembered.delete(id);
    }
  }

  prepare(entry: LedgerEntry): PreparedEntry {
    const known = this.#remembered.get(entry.id);
    if (known !== undefined) return known;
    try {
      return { entry, items: this.items(entry.mapping, payloadText(this.#ledger.payload(entry.id))) };
    } catch (error) {
      // It was read before it was acknowledged.
      if (error instanceof JsonFault) throw new InvariantError(error.message);
      throw error;
    }
  }

  /**
   * The items of a payload: what `prepare` gives of an entry that holds it. Throws a `JsonFault`, or a
   * `FaultError` where they are too many.
   */
  items(mapping: Mapping, payload: string): readonly PreparedItem[] {
    const value = parseJson(payload);
    switch (mapping.format.kind) {
      case 'records': {
        const [record] = mapping.records;
        if (record === undefined || record.kind === 'decisions')
          throw new InvariantError('records of no kind');
        const records: readonly unknown[] = Array.isArray(value) ? value : [value];
        if (records.length > MOST_ITEMS)
          throw new FaultError([fault('intake.too_many', { most: MOST_ITEMS })]);
        return prepareRecords(this.#reader(mapping), record.kind, records);
      }
      case 'delivery':
        return prepareDelivery(this.#reader(mapping), mapping, value);
      case 'notice':
        return prepareNotice(value);
      case 'csv':
      case 'jsonl':
      case 'xlsx':
      case 'messages':
        throw new InvariantError('a file within an entry');
    }
  }

  #reader({ timezone, dates, decimal, missing }: Mapping): RecordReader {
    const agreement = this.#agreement();
    if (agreement !== this.#read) this.#readers.clear();
    this.#read = agreement;
    const key = JSON.stringify([timezone, dates, decimal, missing]);
    const known = this.#readers.get(key);
    if (known !== undefined) return known;
    const made = new RecordReader(agreement, { timezone, dates, decimal, missing });
    this.#readers.set(key, made);
    return made;
  }
}

/**
 * A payload as text: alike when it comes and whenever it is read again, a byte order mark passed over. Throws a
 * `TypeError` where it is not UTF-8.
 */
export function payloadText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
