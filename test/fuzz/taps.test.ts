import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fault } from '../../src/core/diagnostic/diagnostic.ts';
import type { LoadFormat } from '../../src/node/app/load-events.ts';
import { openWorkspace } from '../../src/node/app/local-workspace.ts';
import type { Workspace } from '../../src/node/app/workspace.ts';
import { airbyte } from '../../src/node/ingest/airbyte.ts';
import { singer } from '../../src/node/ingest/singer.ts';
import { factsOf, valueOf } from '../chaos/workload.ts';
import { AGREEMENT } from '../load/taps.ts';
import { SEED } from '../seed.ts';
import {
  damaged,
  expectSmallHeap,
  expectTold,
  expectUnpolluted,
  inputs,
  options,
  patience,
} from './inputs.ts';

/**
 * Lines that a tap could write, and could not: each record counted, each fault told, no state ahead of its records.
 *
 * A line that cannot be read ends its load: the lines that follow it come in another one, so that none goes untried.
 */

const SHARE = 0.227;
const LINES = 1000;
const READERS = { singer, airbyte } as const;

let folder: string;
let home: string;
let workspace: Workspace;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tregua-fuzz-'));
  home = join(folder, 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'tregua.yaml'), AGREEMENT);
  workspace = valueOf(await openWorkspace(home));
});
afterAll(async () => {
  await workspace.close();
  rmSync(folder, { recursive: true, force: true });
  expectUnpolluted();
  expectSmallHeap();
});

const SINGER = [
  '{"type":"RECORD","stream":"leads","record":{"lead_id":"a","created_at":"2026-01-01T10:00:00Z","zone":"Norte","phone":"55"}}',
  '{"type":"RECORD","stream":"leads","record":{"lead_id":12345678901234567,"created_at":"2026-01-02","deep":{"a":[1,{"b":null}]}},"time_extracted":"2026-03-01T00:00:00Z"}',
  '{"type":"RECORD","stream":"events","record":{"activity_id":"e1","lead_id":"a","type":"sale","at":"2026-01-03","amount":10,"currency":"USD"}}',
  '{"type":"RECORD","stream":"leads","record":{"lead_id":null}}',
  '{"type":"STATE","value":{"bookmarks":{"leads":{"at":"2026-01-01"}}}}',
  '{"type":"SCHEMA","stream":"leads","key_properties":["lead_id"],"schema":{"properties":{"lead_id":{},"created_at":{},"zone":{},"phone":{}}}}',
  '{"type":"SCHEMA","stream":"events","key_properties":["activity_id"],"schema":{"properties":{"activity_id":{},"lead_id":{},"type":{},"at":{},"amount":{},"currency":{}}}}',
  '{"type":"ACTIVATE_VERSION","stream":"leads","version":3}',
] as const;

const AIRBYTE = [
  '{"type":"RECORD","record":{"stream":"leads","data":{"lead_id":"p","created_at":"2026-01-01T10:00:00Z","zone":"Sur"},"emitted_at":1767225600000}}',
  '{"type":"RECORD","record":{"stream":"events","namespace":"n","data":{"activity_id":"q","lead_id":"p","type":"call","at":"2026-01-02"},"emitted_at":1767225600000}}',
  '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"leads"},"stream_state":{"cursor":1}},"sourceStats":{"recordCount":1.0}}}',
  '{"type":"LOG","log":{"level":"INFO","message":"x"}}',
  '{"type":"TRACE","trace":{"type":"ERROR","error":{"message":"failed"}}}',
  'a log of no type',
] as const;

/** What a tap tells before its records. */
const HEADS = { singer: SINGER.slice(5, 7), airbyte: [] } as const;

function lines(texts: readonly string[]): fc.Arbitrary<readonly string[]> {
  const line = fc.oneof(
    { weight: 50, arbitrary: fc.constantFrom(...texts.slice(0, 5)) },
    { weight: 1, arbitrary: fc.constantFrom(...texts) },
    { weight: 9, arbitrary: damaged(texts, 2) },
  );
  // A text that was damaged may be several lines.
  return fc.array(line, { minLength: LINES, maxLength: LINES }).map((all) => all.join('\n').split('\n'));
}

/** A tap that knows versions tells that of every record. */
function ofVersion(line: string): string {
  return line.startsWith('{"type":"RECORD"') ? line.replace(/}$/, ',"version":3}') : line;
}

const load = fc.oneof(
  lines(SINGER).map((text) => ({ format: 'singer' as const, text })),
  lines(SINGER.map(ofVersion)).map((text) => ({ format: 'singer' as const, text })),
  lines(AIRBYTE).map((text) => ({ format: 'airbyte' as const, text })),
);

/** Loads go on for long where of the lines that would end one a single one is left, the last. */
function endingOnce(format: LoadFormat, text: readonly string[]): readonly string[] {
  const streams: readonly string[] = ['leads', 'events'];
  let end: string | null = null;
  const going = text.filter((line) => {
    if (line.trim() === '') return true;
    const message = READERS[format].read(line);
    if (message.kind === 'fault') expectTold([fault(message.code, { ...message.params, line: 1 })]);
    else if (format === 'airbyte' || message.kind !== 'record' || streams.includes(message.stream))
      return true;
    end = line;
    return false;
  });
  return end === null ? going : [...going, end];
}

async function takes({
  format,
  text,
}: {
  readonly format: LoadFormat;
  readonly text: readonly string[];
}): Promise<void> {
  let rest = endingOnce(format, text);
  while (rest.length > 0) {
    const read = await takesLoad(format, [...HEADS[format], ...rest]);
    rest = read === null ? [] : rest.slice(Math.max(1, read - HEADS[format].length));
  }
}

/** @returns the line that ended the load before its time, from 1; null where none did */
async function takesLoad(format: LoadFormat, text: readonly string[]): Promise<number | null> {
  const content = Readable.from([Buffer.from(`${text.join('\n')}\n`)]);
  let last: string | null = null;
  let ended = false;
  let endedAt: number | null = null;
  for await (const event of workspace.load({ source: format, format, content })) {
    if (event.kind === 'state') last = event.text;
    else if (event.kind === 'warning') expectTold([event.warning]);
    else if (event.kind === 'end') {
      ended = true;
      const { rowsRead, accepted, unchanged, rejected } = event.report;
      expect(rowsRead).toBe(accepted + unchanged + rejected);
      if (event.faults.length > 0) expectTold(event.faults);
      for (const { params } of event.faults) if (typeof params['line'] === 'number') endedAt = params['line'];
    }
  }
  expect(ended).toBe(true);
  // The state that was answered is the one that is kept.
  if (last !== null && format === 'singer')
    expect(JSON.parse((await workspace.sourceState(format)) ?? 'null')).toEqual(JSON.parse(last));
  return endedAt;
}

test(`lines of Singer and of Airbyte (seed ${SEED})`, { timeout: patience(inputs(SHARE), 60) }, async () => {
  await fc.assert(fc.asyncProperty(load, takes), options(inputs(SHARE, LINES)));
  for (const row of await workspace.batches())
    expect(Number(row['rows_read'])).toBe(
      Number(row['accepted']) + Number(row['unchanged']) + Number(row['rejected']),
    );
  expect(await workspace.doctor()).toContainEqual(
    expect.objectContaining({ code: 'doctor.entries', ok: true }),
  );
  expect(readdirSync(home).toSorted()).toEqual(['.tregua', 'tregua.yaml']);
});

test(
  'the facts of all that came are those of a rebuild',
  { timeout: patience(inputs(SHARE), 10) },
  async () => {
    await workspace.close();
    const before = await factsOf(home);
    workspace = valueOf(await openWorkspace(home));
    valueOf(await workspace.rebuild());
    await workspace.close();
    expect(await factsOf(home)).toEqual(before);
    workspace = valueOf(await openWorkspace(home));
  },
);
