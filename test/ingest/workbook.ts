import { crc32, deflateRawSync } from 'node:zlib';

/** A part of an archive as it is written, right or wrong. */
export interface Part {
  readonly name: string;
  readonly content: string | Buffer;
  /** What its header says instead of its true size. */
  readonly claims?: number;
  /** Of its Unix mode: 0xa1ff is a symbolic link. */
  readonly mode?: number;
}

/** A zip archive of parts. */
export function zip(parts: readonly Part[]): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const { name, content, claims, mode = 0x81a4 } of parts) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const size = claims ?? bytes.length;
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(0x0800, 2);
    head.writeUInt16LE(8, 4);
    head.writeUInt32LE(crc32(bytes), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(size, 18);
    head.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode * 0x10000) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    entries.push(
      Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), head, rest, Buffer.from(name)]),
    );
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06'), end]);
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships';

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function letters(position: number): string {
  const first = Math.floor(position / 26);
  return (first > 0 ? letters(first - 1) : '') + String.fromCharCode(65 + (position % 26));
}

/** A cell: a text, a number, a day number that is shown as a date, or XML as it stands. */
export type Cell = string | number | null | { readonly date: number } | { readonly xml: string };

function cellXml(cell: Cell, reference: string): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return `<c r="${reference}"><v>${cell}</v></c>`;
  if (typeof cell === 'string')
    return `<c r="${reference}" t="inlineStr"><is><t xml:space="preserve">${xml(cell)}</t></is></c>`;
  return 'xml' in cell ? cell.xml : `<c r="${reference}" s="1"><v>${cell.date}</v></c>`;
}

export function sheetXml(rows: readonly (readonly Cell[])[]): string {
  const body = rows.map((cells, line) => {
    const inside = cells.map((cell, position) => cellXml(cell, `${letters(position)}${line + 1}`)).join('');
    return `<row r="${line + 1}">${inside}</row>`;
  });
  return `<?xml version="1.0"?><worksheet xmlns="${MAIN}"><sheetData>${body.join('')}</sheetData></worksheet>`;
}

export interface BookOptions {
  readonly is1904?: boolean;
  readonly strings?: string;
  /** Added, or in the place of those of the same name. */
  readonly parts?: readonly Part[];
}

/** The parts of a workbook: sheets by name, each of rows or of its XML; one whose name begins with `~` is hidden. */
export function bookParts(
  sheets: readonly (readonly [name: string, rows: readonly (readonly Cell[])[] | string])[],
  { is1904 = false, strings, parts = [] }: BookOptions = {},
): readonly Part[] {
  const list = sheets.map(
    ([name], nth) =>
      `<sheet name="${xml(name.replace(/^~/, ''))}" sheetId="${nth + 1}" r:id="r${nth + 1}"${name.startsWith('~') ? ' state="hidden"' : ''}/>`,
  );
  const relations = sheets.map(
    (_, nth) =>
      `<Relationship Id="r${nth + 1}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${nth + 1}.xml"/>`,
  );
  const made: readonly Part[] = [
    {
      name: '_rels/.rels',
      content: `<Relationships xmlns="${PACKAGE}"><Relationship Id="m" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    },
    {
      name: 'xl/workbook.xml',
      content: `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><workbookPr${is1904 ? ' date1904="1"' : ''}/><sheets>${list.join('')}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `<Relationships xmlns="${PACKAGE}">${relations.join('')}<Relationship Id="st" Type="${RELATIONS}/styles" Target="styles.xml"/>${strings === undefined ? '' : `<Relationship Id="ss" Type="${RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>`}</Relationships>`,
    },
    {
      name: 'xl/styles.xml',
      content: `<styleSheet xmlns="${MAIN}"><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/><xf numFmtId="4"/></cellXfs></styleSheet>`,
    },
    ...sheets.map(([, rows], nth) => ({
      name: `xl/worksheets/sheet${nth + 1}.xml`,
      content: typeof rows === 'string' ? rows : sheetXml(rows),
    })),
    ...(strings === undefined ? [] : [{ name: 'xl/sharedStrings.xml', content: strings }]),
  ];
  return [...made.filter((part) => !parts.some(({ name }) => name === part.name)), ...parts];
}

export function book(...given: Parameters<typeof bookParts>): Buffer {
  return zip(bookParts(...given));
}

export const STRINGS_OPEN = `<sst xmlns="${MAIN}">`;
