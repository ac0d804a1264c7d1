import type { Dialect } from '../../../core/sql/dialect.ts';
import { sql } from '../../../core/sql/sql.ts';
import type { Fragment } from '../../../core/sql/sql.ts';
import { recordOfActivity, recordOfVersion } from '../store-keys.ts';
import type { RecordRow } from './record-reader.ts';
import type { ToldRow } from './told-rows.ts';

/** What tells a record from its lead's others, before the engine writes it as `lead_key` has it. */
function placeOf(row: RecordRow): string | null {
  const [, effectiveAt = null] = row.cells;
  return row.kind === 'leads' ? effectiveAt : row.id;
}

/** What a record says of whose it is, but for its lead's own id, as one text. */
export function keysText({ told }: RecordRow): string {
  return told === null ? '' : JSON.stringify([told.guest, told.at, told.keys]);
}

/**
 * The keys that records of one kind tell, a row each, as `storeKeys` takes them; null where they tell none. They
 * travel as one bound text.
 */
export function toldKeyRows(
  kind: 'leads' | 'activities',
  rows: readonly ToldRow[],
  dialect: Dialect,
): Fragment | null {
  const keys = rows.flatMap(({ rowId, entry, part, recordedAt, row }) => {
    if (row.told === null) return [];
    const { id, guest, keys: told, at } = row.told;
    const whose = guest === null ? [] : [{ kind: 'guest', text: guest }];
    return [...whose, ...told].map((key) => [
      String(rowId),
      id,
      placeOf(row),
      key.kind,
      key.text,
      at,
      String(recordedAt),
      String(entry),
      String(part),
    ]);
  });
  if (keys.length === 0) return null;
  const record =
    kind === 'activities' ? recordOfActivity(sql`r[3]`) : recordOfVersion(dialect.cast(sql`r[3]`, 'instant'));
  return sql`select cast(r[1] as BIGINT) as row_id, r[2] as lead_id, ${record} as record, r[4] as kind, r[5] as text,
    ${dialect.cast(sql`r[6]`, 'instant')} as moment, ${dialect.nothing('text')} as row_key,
    ${dialect.instant(sql`cast(r[7] as BIGINT)`)} as recorded_at, cast(r[8] as BIGINT) as entry,
    cast(r[9] as SMALLINT) as part
    from (select unnest(from_json(${JSON.stringify(keys)}, '[["VARCHAR"]]')) as r)`;
}
