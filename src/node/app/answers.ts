import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { isTimeZone } from '../../core/calendar/time-zone.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { readAnswers, textsIn } from '../ingest/presets/answers.ts';
import type { Answers } from '../ingest/presets/answers.ts';
import { headerName, isCurrency } from '../ingest/presets/header-names.ts';
import { isNodeError } from '../system-error.ts';
import { storeFolder } from './home.ts';

/** Answers by source, then by what was asked: as they stand in the home's `answers.json`. */
export type AnswersBySource = Readonly<Record<string, Readonly<Record<string, string>>>>;

const FILE = 'answers.json';
const FIXED = ['currency', 'timezone', 'dates', 'decimal', 'missing', 'won', 'lost', 'open'];
/** Answers of several texts: what is answered later is added. */
const LISTS = ['missing', 'won', 'lost', 'open'];
/** A stage is one of these: what is said of it last counts. */
const STAGES = ['won', 'lost', 'open'];
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  dates: ['dmy', 'mdy', 'ymd'],
  decimal: ['.', ','],
};

const EXAMPLES: Readonly<Record<string, string>> = {
  currency: 'MXN EUR USD…',
  timezone: 'America/Mexico_City Europe/Madrid…',
};

/** What was answered before for the exports of each source; nothing where nobody was asked yet. */
export async function readKeptAnswers(home: string): Promise<AnswersBySource> {
  try {
    // Written by ourselves, from the same type.
    return JSON.parse(await readFile(join(storeFolder(home), FILE), 'utf8'));
  } catch (error) {
    if ((isNodeError(error) && error.code === 'ENOENT') || error instanceof SyntaxError) return {};
    throw error;
  }
}

/** Keeps answers for the exports of a source: they count for all that come after. */
export async function keepAnswers(
  home: string,
  source: string,
  given: Readonly<Record<string, string>>,
): Promise<void> {
  if (Object.keys(given).length === 0) return;
  const kept = await readKeptAnswers(home);
  const path = join(storeFolder(home), FILE);
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(
      `${JSON.stringify({ ...kept, [source]: together(kept[source], given) }, null, 2)}\n`,
    );
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

/** The answers for a source: those given now before those that were kept. */
export function answersOf(
  kept: AnswersBySource,
  source: string,
  given: Readonly<Record<string, string>>,
): Answers {
  return readAnswers(new Map(Object.entries(together(kept[source], given))));
}

function together(
  kept: Readonly<Record<string, string>> | undefined,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const all: Record<string, string> = { ...kept, ...keysOf(given) };
  for (const key of LISTS) {
    const texts = new Set([...textsIn(kept?.[key]), ...textsIn(given[key])]);
    for (const other of STAGES)
      if (STAGES.includes(key) && other !== key) for (const text of textsIn(given[other])) texts.delete(text);
    if (texts.size > 0) all[key] = [...texts].join(';');
    else delete all[key];
  }
  return all;
}

/** A column is known by its name as it is compared, whoever wrote it. */
function keysOf(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      FIXED.includes(key) ? key : `column:${headerName(key.replace(/^column:/, '')).name}`,
      value.trim(),
    ]),
  );
}

/** What cannot be an answer: a field that the agreement does not have, a currency that is none. */
export function answerFaults(
  given: Readonly<Record<string, string>>,
  agreement: Agreement,
): readonly Diagnostic[] {
  const fields = agreement.fields.map(({ name }) => name);
  return Object.entries(given).flatMap(([key, text]): readonly Diagnostic[] => {
    const value = text.trim();
    const known = FIXED.includes(key) ? (CHOICES[key] ?? null) : ['', ...fields];
    const isGood =
      LISTS.includes(key) ||
      (key === 'currency'
        ? isCurrency(value.toUpperCase())
        : key === 'timezone'
          ? isTimeZone(value)
          : known?.includes(value) === true);
    const choices = known?.filter((each) => each !== '').join(' ') ?? EXAMPLES[key] ?? '';
    return isGood ? [] : [fault('ingest.bad_answer', { key, value, known: choices })];
  });
}
