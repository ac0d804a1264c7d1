import iconv from 'iconv-lite';
import { expect } from 'vitest';
import { book, bookParts, sheetXml, STRINGS_OPEN, zip } from '../../ingest/workbook.ts';
import type { Cell } from '../../ingest/workbook.ts';
import type { Desk, Listed } from './desk.ts';

const HEAD = ['lead_id', 'created_at', 'zone'];

function sheetOf(id: string, zone = 'Sur'): string {
  return sheetXml([HEAD, [id, '2026-01-01', zone]]);
}

function bookOf(rows: readonly (readonly Cell[])[]): Buffer {
  return book([['Leads', [HEAD, ...rows]]]);
}

/** A workbook that is taken as if what is odd about it were not there. */
async function takesAll(desk: Desk, content: Buffer, id: string, zone = 'Sur'): Promise<void> {
  await desk.takes(content, { accepted: 1 });
  expect(await desk.column('lead_version', 'f_zone', id)).toEqual([zone]);
}

/** With a name in the archive beside those of a workbook. */
function withPart(name: string, mode?: number): Buffer {
  const part = { name, content: '/etc/passwd', ...(mode === undefined ? {} : { mode }) };
  return zip([...bookParts([['S', sheetOf('x')]]), part]);
}

function withDoctype(doctype: string): Buffer {
  return book([['S', sheetOf('x').replace('?>', `?>${doctype}`).replace('Sur', '&e;&b;')]]);
}

const SYMBOLIC_LINK = 0xa1ff;
const FAR = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>';
const OUTSIDE =
  '<Relationship Id="x" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink" Target="http://127.0.0.1:9/x.xlsx" TargetMode="External"/></Relationships>';

export const WORKBOOKS: readonly Listed[] = [
  {
    nth: 29,
    name: 'a zip bomb',
    check: (desk) =>
      desk.refusesFile(
        zip([
          { name: 'xl/worksheets/sheet1.xml', content: 'x', claims: 0xfffffff0 },
          { name: 'b', content: 'y', claims: 0xfffffff0 },
        ]),
        'ingest.workbook_too_large',
      ),
  },
  {
    nth: 30,
    name: 'a size that lies',
    check: (desk) => {
      const content = sheetOf('x') + ' '.repeat(5_000_000);
      const parts = bookParts([['S', '']], {
        parts: [{ name: 'xl/worksheets/sheet1.xml', content, claims: 100 }],
      });
      return desk.refusesFile(zip(parts), 'ingest.damaged_workbook');
    },
  },
  {
    nth: 31,
    name: 'an archive in an archive',
    check: (desk) =>
      desk.refusesFile(
        zip([{ name: 'book.xlsx', content: book([['S', sheetOf('x')]]) }]),
        'ingest.no_workbook',
      ),
  },
  {
    nth: 32,
    name: 'names that lead out of it',
    check: async (desk) => {
      for (const name of ['../../etc/passwd', '/etc/passwd', 'xl\\..\\..\\x'])
        await desk.refusesFile(withPart(name), 'ingest.damaged_workbook');
    },
  },
  {
    nth: 33,
    name: 'a symbolic link',
    check: (desk) => desk.refusesFile(withPart('xl/link', SYMBOLIC_LINK), 'ingest.damaged_workbook'),
  },
  {
    nth: 34,
    name: 'an entity outside',
    check: (desk) =>
      desk.refusesFile(
        withDoctype('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
        'ingest.workbook_entities',
      ),
  },
  {
    nth: 35,
    name: 'entities that expand',
    check: (desk) =>
      desk.refusesFile(
        withDoctype('<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'),
        'ingest.workbook_entities',
      ),
  },
  {
    nth: 36,
    name: 'a million shared texts',
    check: (desk) => {
      const strings = `${STRINGS_OPEN}${`<si><t>${'x'.repeat(20)}</t></si>`.repeat(1_000_000)}</sst>`;
      return takesAll(desk, book([['S', sheetOf('w36')]], { strings }), 'w36');
    },
  },
  {
    nth: 37,
    name: 'a cell in XFD1048576',
    check: async (desk) => {
      const content = book([['S', sheetOf('w37').replace('</sheetData>', FAR)]]);
      await desk.takes(content, { accepted: 1, rejects: ['1048576 ingest.too_many_cells'] });
    },
  },
  {
    nth: 38,
    name: 'dates of 1904',
    check: async (desk) => {
      const days = book([['S', [HEAD, ['w38', { date: 44_562 }, 'Sur']]]], { is1904: true });
      await desk.takes(days, { accepted: 1 });
      // 44,562 days after 1904-01-01, at midnight in São Paulo.
      expect(await desk.column('lead_version', 'created_at', 'w38')).toEqual(['2026-01-02T03:00:00.000Z']);
    },
  },
  {
    nth: 39,
    name: 'a formula without its value',
    check: async (desk) => {
      const formula = { xml: '<c r="A2"><f>B3&amp;C3</f></c>' };
      await desk.takes(
        bookOf([
          [formula, '2026-01-01', null],
          ['w39', '2026-01-01', 'Sur'],
        ]),
        {
          accepted: 1,
          rejects: ['2 ingest.formula_without_value'],
        },
      );
    },
  },
  {
    nth: 40,
    name: 'links outside',
    check: (desk) => {
      const sheet = sheetOf('w40');
      const name = 'xl/_rels/workbook.xml.rels';
      const relations = bookParts([['S', sheet]]).find((part) => part.name === name);
      const content = String(relations?.content).replace('</Relationships>', OUTSIDE);
      return takesAll(desk, book([['S', sheet]], { parts: [{ name, content }] }), 'w40');
    },
  },
  {
    nth: 41,
    name: 'macros',
    check: (desk) => {
      const macros = { name: 'xl/vbaProject.bin', content: Buffer.alloc(100, 1) };
      return takesAll(desk, book([['S', sheetOf('w41')]], { parts: [macros] }), 'w41');
    },
  },
  {
    nth: 42,
    name: 'a password',
    check: (desk) =>
      desk.refusesFile(
        Buffer.concat([
          Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
          Buffer.alloc(600),
          iconv.encode('EncryptedPackage', 'utf-16le'),
        ]),
        'ingest.password',
      ),
  },
  {
    nth: 43,
    name: 'a CSV named .xlsx',
    check: async (desk) => {
      const response = await desk.ask('/v1/imports?name=book.xlsx&as=leads', {
        method: 'POST',
        body: 'lead_id,created_at,zone\nw43,2026-01-01,Sur\n',
      });
      expect(await response.json()).toMatchObject({ file: 'book.xlsx', accepted: 1 });
    },
  },
  {
    nth: 44,
    name: 'a sheet named __proto__',
    check: (desk) =>
      takesAll(desk, book([['__proto__', [HEAD, ['w44', '2026-01-01', '__proto__']]]]), 'w44', '__proto__'),
  },
];
