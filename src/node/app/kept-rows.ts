import type { Row } from '../../core/measures/measure.ts';
import type { Dialect } from '../../core/sql/dialect.ts';
import { render } from '../../core/sql/sql.ts';
import type { Fragment } from '../../core/sql/sql.ts';

const MOST_STATEMENTS = 300;
/** Longer ones are lists of leads, which nobody asks twice. */
const MOST_ROWS = 1000;

/**
 * The rows of statements that several questions ask of the same data: the funnel without its times and with them, the
 * page and its targets. Asked at once, they are read once.
 */
export class KeptRows {
  #kept = new Map<string, Promise<readonly Row[]>>();

  of(
    query: Fragment,
    dialect: Dialect,
    run: (query: Fragment) => Promise<readonly Row[]>,
  ): Promise<readonly Row[]> {
    // What was begun on data that have changed meanwhile ends in the map that was put away with them.
    const kept = this.#kept;
    const { text, values } = render(query, dialect);
    const key = [text, ...values.map((value) => `${typeof value} ${String(value)}`)].join('\0');
    const known = kept.get(key);
    if (known !== undefined) return known;
    const rows = run(query);
    kept.set(key, rows);
    void this.#judge(kept, key, rows);
    if (kept.size > MOST_STATEMENTS) {
      const [oldest] = kept.keys();
      if (oldest !== undefined) kept.delete(oldest);
    }
    return rows;
  }

  /** What failed is asked again, and a long list is not kept. */
  async #judge(
    kept: Map<string, Promise<readonly Row[]>>,
    key: string,
    rows: Promise<readonly Row[]>,
  ): Promise<void> {
    try {
      const { length } = await rows;
      if (length > MOST_ROWS) kept.delete(key);
    } catch {
      kept.delete(key);
    }
  }

  forget(): void {
    this.#kept = new Map();
  }
}
