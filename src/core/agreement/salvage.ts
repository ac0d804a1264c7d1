import type { z } from 'zod';
import { nearest } from '../diagnostic/nearest.ts';
import { agreementFile, keysAt } from './schema.ts';
import type { AgreementFile } from './schema.ts';

type Path = readonly (string | number)[];

/** What is left of a file when the parts of a wrong shape are taken out. */
export interface Salvage {
  readonly file: AgreementFile;
  /** The names of what was taken out: that something else asks for them is no fault of its own. */
  readonly lost: ReadonlySet<string>;
  /** The path, in the file as it stands, of a path in what is left. */
  readonly original: (path: Path) => Path;
}

/** Stand in for what every agreement has, so that the rest can be examined. */
const STAND_INS: Readonly<Record<string, unknown>> = {
  tregua: 1,
  name: '?',
  timezone: 'UTC',
  currency: 'USD',
  areas: {},
};

/** The keys without which an element of a list says nothing; any other of its can be left out alone. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  funnel: ['id', 'owner'],
  lost: ['id', 'rule'],
  targets: ['id', 'owner', 'metric', 'per'],
  handoffs: ['id', 'owner', 'from', 'to', 'within'],
  dimensions: ['id'],
};

/** Faults take out what they are about, which may bring others to light: so many rounds are enough. */
const ROUNDS = 4;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Takes the parts of a wrong shape out of a file, so that the faults of the others are told in the same go.
 *
 * @param raw the file as plain data of its own, which is changed
 * @returns null where nothing is left to examine
 */
export function salvage(raw: unknown, error: z.ZodError): Salvage | null {
  if (!isRecord(raw)) return null;
  const rest = raw;
  const lost = new Set<string>();
  const kept = new Map<string, number[]>();
  for (const list of Object.keys(NEEDED)) {
    const items = rest[list];
    if (Array.isArray(items)) kept.set(list, [...items.keys()]);
  }
  let failed: z.ZodError | null = error;
  for (let round = 0; failed !== null && round < ROUNDS; round += 1) {
    takeOut(rest, failed, lost, kept);
    const shape = agreementFile.safeParse(rest);
    if (shape.success) return { file: shape.data, lost, original: (path) => originalOf(path, kept) };
    failed = shape.error;
  }
  return null;
}

function originalOf(path: Path, kept: ReadonlyMap<string, readonly number[]>): Path {
  const [list = '', position, ...deeper] = path;
  const positions = kept.get(String(list));
  return positions === undefined || typeof position !== 'number'
    ? path
    : [list, positions[position] ?? position, ...deeper];
}

/** A mistyped key is read as the one that was meant, so that it is not missed as well. */
function mend(holder: Record<string, unknown>, key: string, path: Path): void {
  const meant = nearest(key, keysAt(path));
  if (meant !== null && !Object.hasOwn(holder, meant)) holder[meant] = holder[key];
  Reflect.deleteProperty(holder, key);
}

function takeOut(
  rest: Record<string, unknown>,
  error: z.ZodError,
  lost: Set<string>,
  kept: Map<string, number[]>,
): void {
  const dropped = new Map<string, Set<number>>();
  for (const issue of error.issues) {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    const [first, second, third] = path;
    const top = String(first);
    if (issue.code === 'unrecognized_keys') {
      const holder = path.reduce<unknown>(
        (value, part) => (isRecord(value) || Array.isArray(value) ? Reflect.get(value, part) : undefined),
        rest,
      );
      if (isRecord(holder)) for (const key of issue.keys) mend(holder, key, path);
    } else if (Object.hasOwn(NEEDED, top) && typeof second === 'number') {
      const item: unknown = Reflect.get(Object(rest[top]), second);
      if (isRecord(item) && typeof third === 'string' && !NEEDED[top]?.includes(third)) {
        Reflect.deleteProperty(item, third);
      } else {
        const positions = dropped.get(top) ?? new Set();
        dropped.set(top, positions.add(second));
      }
    } else if (typeof second === 'string' && isRecord(rest[top])) {
      lost.add(second);
      Reflect.deleteProperty(rest[top], second);
    } else if (Object.hasOwn(STAND_INS, top)) {
      lost.add(top);
      rest[top] = STAND_INS[top];
    } else {
      lost.add(top);
      Reflect.deleteProperty(rest, top);
    }
  }
  for (const [list, positions] of dropped) {
    const items: unknown = rest[list];
    if (!Array.isArray(items)) continue;
    for (const position of positions) {
      const item: unknown = items[position];
      if (isRecord(item) && typeof item['id'] === 'string') lost.add(item['id']);
    }
    lost.add(list);
    rest[list] = items.filter((_, position) => !positions.has(position));
    kept.set(
      list,
      (kept.get(list) ?? []).filter((_, position) => !positions.has(position)),
    );
  }
}
