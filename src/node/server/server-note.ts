import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { storeFolder } from '../app/home.ts';
import { otherLiving } from '../app/process-stamp.ts';

/** How a server tells the command line of the same home where it is. */
export interface ServerNote {
  /** Of its process: a note outlives a server that was killed. */
  readonly stamp: string;
  readonly host: string;
  readonly port: number;
  readonly token: string;
}

function notePath(home: string): string {
  return join(storeFolder(home), 'server.json');
}

/** The server that holds a home, if its note is there and its process lives. */
export function readServerNote(home: string): ServerNote | null {
  try {
    const note: unknown = JSON.parse(readFileSync(notePath(home), 'utf8'));
    if (typeof note !== 'object' || note === null) return null;
    const { stamp, host, port, token }: Partial<Record<keyof ServerNote, unknown>> = note;
    if (
      typeof stamp !== 'string' ||
      typeof host !== 'string' ||
      typeof port !== 'number' ||
      typeof token !== 'string'
    )
      return null;
    return otherLiving(stamp) === null ? null : { stamp, host, port, token };
  } catch {
    return null;
  }
}

export function writeServerNote(home: string, note: ServerNote): void {
  const path = notePath(home);
  writeFileSync(`${path}.new`, JSON.stringify(note), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export function removeServerNote(home: string): void {
  rmSync(notePath(home), { force: true });
}
