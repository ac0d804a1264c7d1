import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SqliteLedger } from './sqlite.ts';

/** A file that is larger than what goes to the disk at once is flushed while it comes. */

const MEGABYTE = 1 << 20;
const MEGABYTES = 80;

let folder: string;
let ledger: SqliteLedger;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tregua-spool-'));
  ledger = SqliteLedger.open(folder);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

const files = (): readonly string[] => readdirSync(join(folder, 'files'));

async function* content(): AsyncGenerator<Uint8Array> {
  for (let nth = 0; nth < MEGABYTES; nth += 1) yield await Promise.resolve(Buffer.alloc(MEGABYTE, nth));
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What all open files are. */
async function fileHandles(): Promise<{ datasync(): Promise<void>; sync(): Promise<void> }> {
  const handle = await open(join(folder, 'ledger.sqlite'));
  await handle.close();
  return Object.getPrototypeOf(handle);
}

test('what is looked at meanwhile is all that is kept', async () => {
  const { stored, seen } = await ledger.storeWhile(content(), async (path, growth) => {
    await growth.all();
    return hashOf(readFileSync(path));
  });
  expect(stored).toMatchObject({ hash: seen, bytes: MEGABYTES * MEGABYTE });
  expect(hashOf(readFileSync(stored.path))).toBe(seen);
  expect(files()).toEqual([seen]);
});

test('nothing stays of a file whose look fails', async () => {
  const look = (): Promise<never> => Promise.reject(new Error('not to be looked at'));
  await expect(ledger.storeWhile(content(), look)).rejects.toThrow('not to be looked at');
  expect(files()).toEqual([]);
});

test('a flush that fails on the way is told, though the last one does not fail', async () => {
  const handles = await fileHandles();
  const behind = vi.spyOn(handles, 'datasync').mockRejectedValueOnce(new Error('EIO on the way'));
  await expect(ledger.storeFile(content())).rejects.toThrow('EIO on the way');
  expect(behind).toHaveBeenCalled();
  expect(files()).toEqual([]);
});

test('the whole is flushed before it has its name', async () => {
  const handles = await fileHandles();
  vi.spyOn(handles, 'sync').mockRejectedValueOnce(new Error('EIO at the end'));
  await expect(ledger.storeFile(content())).rejects.toThrow('EIO at the end');
  expect(files()).toEqual([]);
});
