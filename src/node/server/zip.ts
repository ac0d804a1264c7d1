import { crc32, deflateRawSync } from 'node:zlib';

/** A file of an archive. */
export interface ZipMember {
  readonly name: string;
  readonly content: string;
}

/** 1980-01-01: the same content gives the same bytes. */
const DATE = 0x21;
const VERSION = 20;
const UTF_8 = 0x08_00;
const DEFLATED = 8;

/** An archive of some files (APPNOTE.TXT 6.3, without the extensions for more than 4 GB). */
export function zip(members: readonly ZipMember[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of members) {
    const path = Buffer.from(name);
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(VERSION, 0);
    common.writeUInt16LE(UTF_8, 2);
    common.writeUInt16LE(DEFLATED, 4);
    common.writeUInt16LE(DATE, 8);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(path.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const head = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), common, path]);
    parts.push(head, packed);
    directory.push(
      Buffer.concat([
        Buffer.from('PK\u0001\u0002', 'latin1'),
        Buffer.from([VERSION, 0]),
        common,
        place,
        path,
      ]),
    );
    offset += head.length + packed.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(index.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, index, Buffer.from('PK\u0005\u0006', 'latin1'), end]);
}
