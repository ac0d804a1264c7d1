import { isAscii } from 'node:buffer';
import { open } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import iconv from 'iconv-lite';

const SAMPLE = 1 << 20;

export type ByteKind = 'text' | 'empty' | 'xlsx' | 'xls' | 'html' | 'binary';

export interface Encoding {
  readonly kind: ByteKind;
  /** A name that iconv-lite knows. */
  readonly encoding: string;
}

function startsWith(bytes: Buffer, ...start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

/** UTF-16 without a mark: every second byte of Western text is 0. */
function looksLikeUtf16(bytes: Buffer): 'utf-16le' | 'utf-16be' | null {
  const head = bytes.subarray(0, 1024);
  let even = 0;
  let odd = 0;
  head.forEach((byte, index) => {
    if (byte !== 0) return;
    if (index % 2 === 0) even += 1;
    else odd += 1;
  });
  if (odd > head.length * 0.3 && even < head.length * 0.02) return 'utf-16le';
  return even > head.length * 0.3 && odd < head.length * 0.02 ? 'utf-16be' : null;
}

/**
 * UTF-8 unless most of what is beyond ASCII cannot be read as it: a few damaged bytes do not make a file
 * Windows-1252, whose accents would all be wrong.
 */
async function isUtf8(path: string): Promise<boolean> {
  const decoder = new TextDecoder('utf-8');
  let good = 0;
  let bad = 0;
  const count = (text: string): void => {
    for (const [run] of text.matchAll(/[^\0-\x7f]+/g)) {
      for (const character of run) {
        if (character === '\ufffd') bad += 1;
        else good += 1;
      }
    }
  };
  let isBetween = true;
  for await (const chunk of createReadStream(path, { highWaterMark: SAMPLE })) {
    const bytes: Buffer = chunk;
    // Most of most files is ASCII, which counts for nothing here.
    if (isBetween && isAscii(bytes)) continue;
    count(decoder.decode(bytes, { stream: true }));
    isBetween = (bytes.at(-1) ?? 0) < 0x80;
  }
  count(decoder.decode());
  return bad <= good;
}

/** What a file's bytes are. Its name is never trusted. */
export async function sniffEncoding(path: string): Promise<Encoding> {
  const { kind, encoding } = await sniffFirstBytes(path);
  if (encoding !== null) return { kind, encoding };
  return { kind, encoding: (await isUtf8(path)) ? 'utf-8' : 'windows-1252' };
}

/** The same by the first bytes alone: the encoding is null where only all of them tell it. */
export async function sniffFirstBytes(
  path: string,
): Promise<{ readonly kind: ByteKind; readonly encoding: string | null }> {
  const file = await open(path, 'r');
  const buffer = Buffer.alloc(4096);
  let head: Buffer;
  try {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    head = buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
  if (head.length === 0) return { kind: 'empty', encoding: 'utf-8' };
  if (startsWith(head, 0x50, 0x4b, 0x03, 0x04)) return { kind: 'xlsx', encoding: 'binary' };
  if (startsWith(head, 0xd0, 0xcf, 0x11, 0xe0)) return { kind: 'xls', encoding: 'binary' };
  if (startsWith(head, 0xff, 0xfe)) return { kind: 'text', encoding: 'utf-16le' };
  if (startsWith(head, 0xfe, 0xff)) return { kind: 'text', encoding: 'utf-16be' };
  const wide = looksLikeUtf16(head);
  if (wide !== null) return { kind: 'text', encoding: wide };
  if (/^\s*<(?:!doctype|html|\?xml|table)/i.test(head.toString('latin1')))
    return { kind: 'html', encoding: 'utf-8' };
  if (head.includes(0)) return { kind: 'binary', encoding: 'binary' };
  return { kind: 'text', encoding: null };
}

/** A file's text in chunks, without a byte order mark. */
export async function* readText(path: string, encoding: string): AsyncGenerator<string> {
  const decoder = iconv.getDecoder(encoding, { stripBOM: true });
  for await (const chunk of createReadStream(path, { highWaterMark: SAMPLE })) {
    const text = decoder.write(chunk);
    if (text !== '') yield text;
  }
  const rest = decoder.end();
  if (rest !== undefined && rest !== '') yield rest;
}
