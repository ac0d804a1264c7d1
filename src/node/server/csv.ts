import { csvLines } from '../app/spreadsheet-guard.ts';
import type { AnswerTable } from './answer-tables.ts';

/** Excel takes a file for UTF-8 only by its mark. */
const MARK = '\uFEFF';

/** A table as CSV that spreadsheets open without harm. */
export function csvOf({ columns, rows }: AnswerTable): string {
  return MARK + csvLines([columns.map(({ title }) => title), ...rows]);
}
