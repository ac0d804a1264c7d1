import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ownFolder } from '../cli/tregua.ts';

function mounts(words: readonly string[]): boolean {
  return spawnSync('mount', words, { stdio: 'ignore' }).status === 0;
}

/** Why no file system of a test's own can be had, or null where it can. */
export function noTmpfs(): string | null {
  if (process.platform !== 'linux') return 'small file systems are made by Linux only';
  if (process.getuid?.() !== 0) return 'only root may mount a small file system';
  const probe = join('/tmp', `tregua-mount-${process.pid}`);
  mkdirSync(probe, { recursive: true });
  const works = mounts(['-t', 'tmpfs', '-o', 'size=1m', 'none', probe]);
  if (works) spawnSync('umount', [probe], { stdio: 'ignore' });
  rmSync(probe, { recursive: true });
  return works ? null : 'this container may not mount a small file system';
}

/** A file system of a size, gone when the test is. */
export function tmpfs(megabytes: number): string {
  const path = join(ownFolder(), 'disk');
  mkdirSync(path);
  if (!mounts(['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', path])) throw new Error('no tmpfs');
  onTestFinished(() => void spawnSync('umount', ['-l', path], { stdio: 'ignore' }));
  return path;
}

export function remount(path: string, how: 'ro' | 'rw'): void {
  if (!mounts(['-o', `remount,${how}`, path])) throw new Error(`no remount of ${path}`);
}

/** Uses up what is left of a file system. @returns how to free it again */
export function fill(folder: string): () => void {
  const path = join(folder, 'filler');
  const file = openSync(path, 'w');
  try {
    for (let size = 1_048_576; size >= 512;) {
      try {
        writeSync(file, Buffer.alloc(size));
      } catch {
        size /= 2;
      }
    }
  } finally {
    closeSync(file);
  }
  return () => rmSync(path);
}
