import { LeaveOut } from '../leave-out.ts';
import type { Mapping } from '../mapping.ts';
import { sourceRows } from '../source-rows.ts';
import type { Answers } from './answers.ts';
import type { Preset } from './preset.ts';

/** Stages that are asked about in one file. */
const MOST_STAGES = 30;

/** A text as rules compare it. */
function lowerAscii(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The rule of a preset with the stages that somebody said to mean the same: `in ["won"]` and one's own. */
export function withStages(when: string, column: string, stages: readonly string[]): string {
  const list = `row["${column}"].lowerAscii() in [`;
  if (stages.length === 0) return when;
  return when.replace(
    list,
    `${list}${stages.map((each) => `${JSON.stringify(lowerAscii(each))}, `).join('')}`,
  );
}

/** Which answer adds to the rule of a record: a sale's or a loss's. */
export function stagesOf(type: string | undefined, { won, lost }: Answers): readonly string[] {
  return type === 'sale' ? won : type === 'disqualified' ? lost : [];
}

/** The stages of a file's pipeline of which neither the preset nor anybody has said whether they end it. */
export async function unknownStages(
  path: string,
  { format, leaveOut = [] }: Mapping,
  { preset, stage }: { readonly preset: Preset; readonly stage: string | null },
  { won, lost, open }: Answers,
): Promise<readonly string[]> {
  if (stage === null) return [];
  const position = format.columns.indexOf(stage);
  const known = new Set([...won, ...lost, ...open].map(lowerAscii));
  const begins: string[] = [];
  for (const { when = '' } of preset.records) {
    for (const [, list = ''] of when.matchAll(/in \[([^\]]*)\]/g))
      for (const [, name = ''] of list.matchAll(/"([^"]*)"/g)) known.add(name);
    for (const [, beginning = ''] of when.matchAll(/startsWith\("([^"]*)"\)/g)) begins.push(beginning);
  }
  const filter = new LeaveOut(leaveOut, format.columns);
  const found = new Set<string>();
  for await (const { cells } of sourceRows(path, format)) {
    const text = cells[position]?.trim() ?? '';
    const plain = lowerAscii(text);
    if (text === '' || known.has(plain) || begins.some((each) => plain.startsWith(each))) continue;
    if (filter.reason(cells) !== null) continue;
    found.add(text);
    if (found.size >= MOST_STAGES) break;
  }
  return [...found].sort();
}
