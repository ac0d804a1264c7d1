import { describe, expect, test } from 'vitest';
import type { Row } from '../../core/measures/measure.ts';
import { duckdb } from '../../core/sql/duckdb.ts';
import { sql } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';
import { KeptRows } from './kept-rows.ts';

/** A store that tells how often it was asked; what it answers is how often. */
function countingStore(): {
  readonly run: (query: Fragment) => Promise<readonly Row[]>;
  asked: () => number;
} {
  let asked = 0;
  return {
    run: () => {
      asked += 1;
      return Promise.resolve([{ asked }]);
    },
    asked: () => asked,
  };
}

describe('rows that are kept', () => {
  test('the same statement asked at once and later is read once, another value is another statement', async () => {
    const kept = new KeptRows();
    const store = countingStore();
    const ofDay = (day: string): Promise<readonly Row[]> =>
      kept.of(sql`select * from rollup where day = ${day}`, duckdb, store.run);
    const both = await Promise.all([ofDay('2026-01-01'), ofDay('2026-01-01')]);
    expect(both).toEqual([[{ asked: 1 }], [{ asked: 1 }]]);
    expect(await ofDay('2026-01-01')).toEqual([{ asked: 1 }]);
    expect(await ofDay('2026-01-02')).toEqual([{ asked: 2 }]);
  });

  test('text and number of the same looks are not the same value', async () => {
    const kept = new KeptRows();
    const store = countingStore();
    await kept.of(sql`select ${'1'}`, duckdb, store.run);
    await kept.of(sql`select ${1}`, duckdb, store.run);
    expect(store.asked()).toBe(2);
  });

  test('what failed is asked again', async () => {
    const kept = new KeptRows();
    const fails = (): Promise<readonly Row[]> => Promise.reject(new Error('the warehouse is closed'));
    await expect(kept.of(sql`select 1`, duckdb, fails)).rejects.toThrow('closed');
    const store = countingStore();
    expect(await kept.of(sql`select 1`, duckdb, store.run)).toEqual([{ asked: 1 }]);
  });

  test('what was begun before the data changed is not told after', async () => {
    const kept = new KeptRows();
    let end = (_rows: readonly Row[]): void => undefined;
    const begun = kept.of(
      sql`select 1`,
      duckdb,
      () =>
        new Promise((resolve) => {
          end = resolve;
        }),
    );
    kept.forget();
    end([{ asked: 'before' }]);
    expect(await begun).toEqual([{ asked: 'before' }]);
    expect(await kept.of(sql`select 1`, duckdb, countingStore().run)).toEqual([{ asked: 1 }]);
  });

  test('a long list is not kept', async () => {
    const kept = new KeptRows();
    let asked = 0;
    const run = (): Promise<readonly Row[]> => {
      asked += 1;
      return Promise.resolve(Array.from({ length: 1001 }, () => ({})));
    };
    await kept.of(sql`select 1`, duckdb, run);
    await kept.of(sql`select 1`, duckdb, run);
    expect(asked).toBe(2);
  });
});
