import { readFileSync } from 'node:fs';
import { isNodeError } from '../system-error.ts';

/**
 * What tells a process from a later one of the same number: when it was born. Numbers come again after a
 * restart of the machine, and at each start of a container.
 */
function bornAt(pid: number): string {
  try {
    // After the name, which may hold blanks and brackets, the start is the 20th word (proc(5)).
    const words = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
    return words?.[19] ?? '';
  } catch {
    return '';
  }
}

/** This process, as others will know it. */
export function ownStamp(): string {
  return `${process.pid} ${bornAt(process.pid)}`.trim();
}

/** The number of the process of a stamp, while it lives and is not this one; else null. */
export function otherLiving(stamp: string): number | null {
  const [number = '', born = ''] = stamp.trim().split(' ');
  const pid = Number(number);
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return null;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!isNodeError(error) || error.code !== 'EPERM') return null;
  }
  return born === '' || bornAt(pid) === '' || bornAt(pid) === born ? pid : null;
}
