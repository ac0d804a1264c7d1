import type { RowValue } from '../../core/measures/measure.ts';
import type { AnswerTable, ColumnKind } from './answer-tables.ts';
import { zip } from './zip.ts';

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

/** The place of each kind's format among the cell formats of the style sheet; 1 is bold, for titles. */
const STYLES: Readonly<Record<ColumnKind, number>> = {
  text: 0,
  count: 2,
  rate: 3,
  money: 4,
  number: 0,
  instant: 0,
};
const TITLE = 1;

const STYLE_SHEET = `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="0.0%"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="3" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="4" applyNumberFormat="1"/></cellXfs></styleSheet>`;

/** A text as XML may hold it: marked up, and without the characters that XML has no way to write. */
function xml(text: string): string {
  return text
    .replaceAll(/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A column's letters: A, B, … Z, AA. */
function letters(column: number): string {
  const rest = Math.floor(column / 26);
  return (rest === 0 ? '' : letters(rest - 1)) + String.fromCodePoint(65 + (column % 26));
}

function cell(value: RowValue, style: number, place: string): string {
  if (value === null) return '';
  if (typeof value === 'number') return `<c r="${place}" s="${style}"><v>${value}</v></c>`;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // Inline text is never a formula, whatever it begins with.
  return `<c r="${place}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${xml(text)}</t></is></c>`;
}

/** A table as a workbook of one sheet (ECMA-376): figures as numbers, rates as per cent, the first row fixed. */
export function xlsxOf({ columns, rows }: AnswerTable, sheet: string): Buffer {
  const line = (values: readonly RowValue[], row: number, styleOf: (column: number) => number): string =>
    `<row r="${row}">${values.map((value, column) => cell(value, styleOf(column), `${letters(column)}${row}`)).join('')}</row>`;
  const body = [
    line(
      columns.map(({ title }) => title),
      1,
      () => TITLE,
    ),
    ...rows.map((values, position) =>
      line(values, position + 2, (column) => STYLES[columns[column]?.kind ?? 'text']),
    ),
  ].join('');
  const widths = columns
    .map(
      ({ title }, column) =>
        `<col min="${column + 1}" max="${column + 1}" width="${Math.min(48, Math.max(12, title.length + 2))}" customWidth="1"/>`,
    )
    .join('');
  return zip([
    {
      name: '[Content_Types].xml',
      content: `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`,
    },
    {
      name: '_rels/.rels',
      content: `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    },
    {
      name: 'xl/workbook.xml',
      content: `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="${xml(sheetName(sheet))}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`,
    },
    { name: 'xl/styles.xml', content: STYLE_SHEET },
    {
      name: 'xl/worksheets/sheet1.xml',
      content: `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths}</cols><sheetData>${body}</sheetData></worksheet>`,
    },
  ]);
}

/** At most 31 characters, none of those that a sheet's name may not have. */
function sheetName(text: string): string {
  return text.replaceAll(/[[\]:*?/\\']/g, ' ').slice(0, 31) || 'Tregua';
}
