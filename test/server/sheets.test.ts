import { crc32, inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { AnswerTable } from '../../src/node/server/answer-tables.ts';
import { csvOf } from '../../src/node/server/csv.ts';
import { xlsxOf } from '../../src/node/server/xlsx.ts';

const TABLE: AnswerTable = {
  columns: [
    { title: 'Zona', kind: 'text' },
    { title: 'Leads', kind: 'count' },
    { title: 'Proporción', kind: 'rate' },
  ],
  rows: [
    ['Norte & «Sur» <b>', 1586, 0.373],
    ['=HYPERLINK("x")', null, null],
    ['\u0007campana', 2, 1],
  ],
};

/** The files of an archive, each checked against its sum, by its central directory. */
function unzip(bytes: Buffer): ReadonlyMap<string, string> {
  const end = bytes.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
  let at = bytes.readUInt32LE(end + 16);
  const files = new Map<string, string>();
  for (let file = 0; file < bytes.readUInt16LE(end + 10); file += 1) {
    expect(bytes.toString('latin1', at, at + 4)).toBe('PK\u0001\u0002');
    const [sum, packed, size, name] = [16, 20, 24]
      .map((place) => bytes.readUInt32LE(at + place))
      .concat(bytes.readUInt16LE(at + 28));
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = inflateRawSync(bytes.subarray(start, start + (packed ?? 0)));
    expect(content).toHaveLength(size ?? -1);
    expect(crc32(content)).toBe(sum);
    files.set(bytes.toString('utf8', at + 46, at + 46 + (name ?? 0)), content.toString());
    at += 46 + (name ?? 0);
  }
  return files;
}

test('a workbook holds figures as numbers, texts as they are, and no formula', () => {
  const files = unzip(xlsxOf(TABLE, 'breakdown: zone/age'));
  expect([...files.keys()]).toContain('[Content_Types].xml');
  const sheet = files.get('xl/worksheets/sheet1.xml') ?? '';
  expect(sheet).toContain(
    '<c r="A2" s="0" t="inlineStr"><is><t xml:space="preserve">Norte &amp; «Sur» &lt;b&gt;</t></is></c>',
  );
  expect(sheet).toContain('<c r="B2" s="2"><v>1586</v></c><c r="C2" s="3"><v>0.373</v></c>');
  expect(sheet).toContain('=HYPERLINK(&quot;x&quot;)');
  expect(sheet).not.toContain('<f>');
  expect(sheet).not.toContain('\u0007');
  expect(sheet).not.toMatch(/r="[BC]3"/);
  expect(files.get('xl/workbook.xml')).toContain('name="breakdown  zone age"');
});

test('the same table gives the same bytes', () => {
  expect(xlsxOf(TABLE, 'a').equals(xlsxOf(TABLE, 'a'))).toBe(true);
});

test('the same table as CSV keeps formulas from running', () => {
  expect(csvOf(TABLE)).toBe(
    '\uFEFFZona,Leads,Proporción\r\nNorte & «Sur» <b>,1586,0.373\r\n"\'=HYPERLINK(""x"")",,\r\n\u0007campana,2,1\r\n',
  );
});
