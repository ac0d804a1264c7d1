import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ProgressLine } from '../../src/node/cli/progress-line.ts';
import { openTerminal } from '../../src/node/cli/terminal.ts';
import { ownFolder, TREGUA } from './tregua.ts';

/** How far an import is stands on one line of a terminal, and nowhere else. */

function drawn(
  isTTY: boolean,
  language: 'es' | 'en',
  json = false,
): { text: () => string; line: ProgressLine } {
  let text = '';
  const terminal = openTerminal({ language, json, quiet: false });
  const line = new ProgressLine(terminal, { isTTY, write: (more) => void (text += more) });
  return { text: () => text, line };
}

test('says its phase with what is done of all, and goes without a trace', () => {
  const { text, line } = drawn(true, 'en');
  const tell = line.of('leads.csv');
  tell?.({ phase: 'receiving', done: 1_500_000, total: 3_000_000 });
  tell?.({ phase: 'recognising', done: 5000, total: null });
  tell?.({ phase: 'reading', done: 6000, total: 8000 });
  // Too soon after the one before, and not the last: it is not drawn.
  tell?.({ phase: 'reading', done: 6500, total: 8000 });
  tell?.({ phase: 'reading', done: 8000, total: 8000 });
  tell?.({ phase: 'counting', done: 0, total: null });
  line.clear();
  const lines = text().split('\r').slice(1);
  expect(lines[0]).toContain('leads.csv  storing 1.5 MB of 3 MB  ████████');
  expect(lines[1]).toContain('looking, 5,000 rows so far');
  expect(lines[2]).toContain('reading 6,000 of 8,000 rows  ████████████');
  expect(lines[3]).toContain('reading 8,000 of 8,000 rows  ████████████████');
  expect(lines[4]).toContain('counting its leads');
  expect(lines[5]).toBe('\u001b[K');
  expect(lines).toHaveLength(6);
});

test('speaks Spanish', () => {
  const { text, line } = drawn(true, 'es');
  line.of('leads.csv')?.({ phase: 'reading', done: 1500, total: 3000 });
  expect(text()).toContain('leyendo 1.500 de 3.000 filas');
});

test('is not there where nobody sees it', () => {
  expect(drawn(false, 'en').line.of('leads.csv')).toBeUndefined();
  expect(drawn(true, 'en', true).line.of('leads.csv')).toBeUndefined();
});

test('an import whose output goes elsewhere writes its results alone', () => {
  const home = ownFolder();
  spawnSync(process.execPath, [TREGUA, 'init', home]);
  const file = join(home, 'leads.csv');
  writeFileSync(file, 'lead_id,created_at\na,2026-03-01\n');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [TREGUA, 'import', file, '--home', home, '--lang', 'en'],
    { encoding: 'utf8' },
  );
  expect(status).toBe(0);
  expect(stdout).toContain('1 row: 1 accepted, 0 unchanged, 0 rejected');
  expect(stdout + stderr).not.toContain('\r');
  expect(stderr).toBe('');
});
