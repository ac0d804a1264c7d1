import { open } from 'node:fs/promises';
import { fault } from '../../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../../core/diagnostic/diagnostic.ts';

const DIRECTORY = 1 << 20;

/** A workbook with a password lies whole in a container of the old kind, under this name. */
const LOCKED = Buffer.from('EncryptedPackage', 'utf16le');

/** What to say of a file in the container of old spreadsheets: it has a password, or is one of them. */
export async function cfbFault(path: string, name: string): Promise<Diagnostic> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    for (const from of [0, Math.max(0, size - DIRECTORY)]) {
      const buffer = Buffer.alloc(Math.min(size, DIRECTORY));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
      if (buffer.subarray(0, bytesRead).includes(LOCKED)) return fault('ingest.password', { file: name });
    }
    return fault('ingest.old_spreadsheet', { file: name });
  } finally {
    await file.close();
  }
}
