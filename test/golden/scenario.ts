import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const HERE = dirname(fileURLToPath(import.meta.url));

const expectation = z.record(z.string(), z.unknown());
const questions = z.array(z.record(z.string(), z.unknown()));

/** What a scenario's `case.yaml` says; only the members that matter are there. */
const caseFile = z.strictObject({
  story: z.string(),
  as_of: z.string().optional(),
  /** The files say when each record was learnt, which an import decides by the clock. */
  recorded: z.boolean().default(false),
  questions: questions.default([]),
  /** By lead: names of columns of `lead_facts`; `absent` for a lead that is none yet. */
  leads: z.record(z.string(), z.union([z.literal('absent'), expectation])).default({}),
  /** By lead, stage and criterion: what the answer about that lead says of it. */
  explain: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
});

export interface Question {
  readonly measure: string;
  readonly members: Readonly<Record<string, unknown>>;
  readonly expected: unknown;
}

export interface Scenario extends Omit<z.output<typeof caseFile>, 'questions'> {
  readonly name: string;
  readonly folder: string;
  readonly agreement: string;
  readonly files: Readonly<Partial<Record<'leads' | 'activities' | 'ads', string>>>;
  readonly questions: readonly Question[];
}

/** Every folder here, in order of name. */
export function scenarios(): readonly Scenario[] {
  return readdirSync(HERE, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => readScenario(entry.name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function readScenario(name: string): Scenario {
  const folder = join(HERE, name);
  const text = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const { questions: asked, ...rest } = caseFile.parse(parse(text('case.yaml')));
  const files = (['leads', 'activities', 'ads'] as const).filter((kind) =>
    existsSync(join(folder, `${kind}.csv`)),
  );
  return {
    name,
    folder,
    agreement: text('tregua.yaml'),
    files: Object.fromEntries(files.map((kind) => [kind, text(`${kind}.csv`)])),
    ...rest,
    questions: asked.map(({ expected, ...others }) => {
      const [measure, ...more] = Object.keys(others);
      if (measure === undefined || more.length > 0) throw new TypeError(`${name}: a question is one measure`);
      return { measure, members: expectation.parse(others[measure]), expected };
    }),
  };
}
