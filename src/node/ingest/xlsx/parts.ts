import type { Archive } from './archive.ts';
import { readXml } from './xml.ts';
import type { Attributes, Handlers } from './xml.ts';
import { damaged, WorkbookError } from './workbook-error.ts';

export interface Sheet {
  readonly name: string;
  /** Its part of the archive. */
  readonly part: string;
}

export interface Workbook {
  /** Those that are shown, in their order. */
  readonly sheets: readonly Sheet[];
  readonly is1904: boolean;
  /** By number of a cell's style: whether it shows a date. */
  readonly dateStyles: readonly boolean[];
  readonly strings: readonly string[];
}

/** Characters that all texts of a workbook may have together. */
const MOST_CHARACTERS = 192 * 1024 * 1024;

/** What the other parts say of a workbook, before its sheets are read. */
export async function readWorkbook(archive: Archive): Promise<Workbook> {
  const main = await mainPart(archive);
  const folder = main.slice(0, main.lastIndexOf('/') + 1);
  const relations = await relationsOf(archive, main);
  const pathOf = (target: string): string =>
    new URL(target, `zip:///${folder}`).pathname.slice(1).replaceAll('%20', ' ');
  const partOf = (kind: string): string | null => {
    const found = relations.find(({ type }) => type.endsWith(`/${kind}`));
    const path = found === undefined ? null : pathOf(found.target);
    return path !== null && archive.has(path) ? path : null;
  };
  const sheets: Sheet[] = [];
  let is1904 = false;
  await readXml(
    archive.text(main),
    opening((name, attributes) => {
      if (name === 'workbookPr') is1904 = ['1', 'true', 'on'].includes(attributes.get('date1904') ?? '');
      if (name !== 'sheet' || (attributes.get('state') ?? 'visible') !== 'visible') return;
      const relation = relations.find(({ id }) => id === attributes.get('id'));
      if (relation === undefined || !relation.type.endsWith('/worksheet')) return;
      sheets.push({ name: attributes.get('name') ?? '', part: pathOf(relation.target) });
    }),
  );
  const styles = partOf('styles');
  const strings = partOf('sharedStrings');
  return {
    sheets: sheets.filter(({ part }) => archive.has(part)),
    is1904,
    dateStyles: styles === null ? [] : await readDateStyles(archive, styles),
    strings: strings === null ? [] : await readStrings(archive, strings),
  };
}

function opening(open: (name: string, attributes: Attributes) => void): Handlers {
  return { open, text: () => undefined, close: () => undefined };
}

interface Relation {
  readonly id: string;
  readonly type: string;
  readonly target: string;
}

async function relationsOf(archive: Archive, part: string): Promise<readonly Relation[]> {
  const at = part.lastIndexOf('/') + 1;
  const path = `${part.slice(0, at)}_rels/${part.slice(at)}.rels`;
  const relations: Relation[] = [];
  if (!archive.has(path)) return relations;
  await readXml(
    archive.text(path),
    opening((name, attributes) => {
      // What lies outside is never fetched.
      if (name !== 'Relationship' || attributes.get('TargetMode') === 'External') return;
      relations.push({
        id: attributes.get('Id') ?? '',
        type: attributes.get('Type') ?? '',
        target: attributes.get('Target') ?? '',
      });
    }),
  );
  return relations;
}

async function mainPart(archive: Archive): Promise<string> {
  const found = (await relationsOf(archive, '')).find(({ type }) => type.endsWith('/officeDocument'));
  const path = (found?.target ?? 'xl/workbook.xml').replace(/^\//, '');
  if (!archive.has(path)) throw new WorkbookError('ingest.no_workbook');
  return path;
}

/** The numbers of built-in formats that show a date or a time. */
const BUILT_IN = new Set([
  14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 45, 47, 50, 57,
]);

/** True of a format's code such as `dd/mm/yyyy` or `h:mm`; what stands in quotes or brackets is no part of it. */
function showsDate(code: string): boolean {
  const bare = code.replaceAll(/"[^"]*"|\[[^\]]*\]|\\./g, '');
  return /[ymdhs]/i.test(bare.split(';')[0] ?? '') && !/[0#?]\.?0*e/i.test(bare);
}

async function readDateStyles(archive: Archive, part: string): Promise<readonly boolean[]> {
  const own = new Map<number, boolean>();
  const styles: boolean[] = [];
  let inCells = false;
  await readXml(archive.text(part), {
    open: (name, attributes) => {
      const number = Number(attributes.get('numFmtId') ?? 0);
      if (name === 'numFmt') own.set(number, showsDate(attributes.get('formatCode') ?? ''));
      if (name === 'cellXfs') inCells = true;
      if (name === 'xf' && inCells) styles.push(own.get(number) ?? BUILT_IN.has(number));
    },
    text: () => undefined,
    close: (name) => {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return styles;
}

async function readStrings(archive: Archive, part: string): Promise<readonly string[]> {
  const strings: string[] = [];
  let text = '';
  let inText = false;
  let inReading = false;
  let characters = 0;
  await readXml(archive.text(part), {
    open: (name) => {
      if (name === 'si') text = '';
      // How a text is spoken stands beside it.
      if (name === 'rPh') inReading = true;
      inText = name === 't' && !inReading;
    },
    text: (piece) => {
      if (!inText) return;
      text += piece;
      characters += piece.length;
      if (characters > MOST_CHARACTERS) throw new WorkbookError('ingest.workbook_too_large', { most: 4 });
    },
    close: (name) => {
      if (name === 't') inText = false;
      if (name === 'rPh') inReading = false;
      if (name === 'si') strings.push(text);
    },
  });
  if (strings.length === 0 && characters > 0) throw damaged(part);
  return strings;
}
