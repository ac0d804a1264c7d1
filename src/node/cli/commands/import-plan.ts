import { createInterface } from 'node:readline/promises';
import type { Diagnostic } from '../../../core/diagnostic/diagnostic.ts';
import type { Result } from '../../../core/diagnostic/result.ts';
import type { RowValue } from '../../../core/measures/measure.ts';
import { loadingOrder } from '../../app/import-plan.ts';
import type { ImportPlan } from '../../app/import-plan.ts';
import type { ImportReport, ImportRequest } from '../../app/workspace.ts';
import type { Terminal } from '../terminal.ts';
import { fit } from '../terminal.ts';
import { showCounts } from './import-report.ts';

/** Columns that are asked about in one file. */
const MOST_QUESTIONS = 12;

/** How somebody says in either language that a stage is a sale or a loss. */
const WON = /^(?:g|ganad[oa]|w|won|venta|sale)$/;
const LOST = /^(?:p|perdid[oa]|l|lost)$/;

/** Puts a question and gives what was typed. */
export type Ask = (question: string) => Promise<string>;

export interface ChosenFile {
  readonly file: string;
  readonly answers: Readonly<Record<string, string>>;
}

type Offer = (file: string, more: Partial<ImportRequest>) => Promise<Result<ImportReport>>;

/** True where somebody sits before the terminal. */
export function isAsked(terminal: Terminal): boolean {
  return !terminal.json && !terminal.quiet && process.stdin.isTTY && process.stdout.isTTY;
}

/** Shows what each file would become, asks what it does not say, and gives those that are to be loaded, in order. */
export async function planned(
  files: readonly string[],
  offer: Offer,
  terminal: Terminal,
  tell: (faults: readonly Diagnostic[]) => void,
): Promise<readonly ChosenFile[]> {
  const reader = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await planFiles(files, offer, terminal, tell, (question) => reader.question(question));
  } catch (error) {
    // Ctrl+C or Ctrl+D: nothing is loaded.
    if (error instanceof Error && error.name === 'AbortError') return [];
    throw error;
  } finally {
    reader.close();
  }
}

export async function planFiles(
  files: readonly string[],
  offer: Offer,
  terminal: Terminal,
  tell: (faults: readonly Diagnostic[]) => void,
  ask: Ask,
): Promise<readonly ChosenFile[]> {
  const plans: (ChosenFile & { readonly order: number })[] = [];
  for (const file of files) {
    const [first, unread] = await readable(file, offer, terminal, ask);
    if (!first.ok) {
      tell(first.faults);
      continue;
    }
    const more = await answersTo(first.value, terminal, ask);
    const answers = { ...unread, ...more };
    const last = Object.keys(more).length === 0 ? first : await offer(file, { dryRun: true, answers });
    if (!last.ok) {
      tell(last.faults);
      continue;
    }
    const { plan } = last.value;
    if (plan !== undefined) showPlan(terminal, last.value, plan);
    showCounts(terminal, last.value);
    plans.push({ file, answers, order: loadingOrder(plan) });
  }
  if (plans.length === 0) return [];
  const reply = await ask(`${terminal.translate('cli.import.load', { files: plans.length })} `);
  if (!/^(?:|s|sí|si|y|yes)$/i.test(reply.trim())) return [];
  return plans.sort((left, right) => left.order - right.order);
}

/** What keeps a file from being read until it is said: the answer's key, and what it can be. */
const UNSAID: Readonly<Record<string, { readonly key: string; readonly values: readonly string[] }>> = {
  'ingest.dates_unclear': { key: 'dates', values: ['dmy', 'mdy'] },
  'ingest.dates_conflict': { key: 'dates', values: ['dmy', 'mdy'] },
  'ingest.decimal_unclear': { key: 'decimal', values: ['.', ','] },
};

/** A rehearsal of a file, after asking what it cannot be read without; with what was answered. */
async function readable(
  file: string,
  offer: Offer,
  { translate }: Terminal,
  ask: Ask,
): Promise<readonly [Result<ImportReport>, Readonly<Record<string, string>>]> {
  const answers: Record<string, string> = {};
  for (;;) {
    const result = await offer(file, { dryRun: true, answers });
    const unsaid = result.ok ? undefined : UNSAID[result.faults[0]?.code ?? ''];
    if (unsaid === undefined || Object.hasOwn(answers, unsaid.key)) return [result, answers];
    const said = (await ask(`${translate(`cli.import.ask_${unsaid.key}`, { file })} `)).trim();
    if (!unsaid.values.includes(said)) return [result, answers];
    answers[unsaid.key] = said;
  }
}

/** Asks what a file does not say, and where columns go of which nothing is known. */
async function answersTo(
  { file, recognised }: ImportReport,
  { translate }: Terminal,
  ask: Ask,
): Promise<Readonly<Record<string, string>>> {
  const answers: Record<string, string> = {};
  if (recognised?.asks.includes('currency') === true) {
    const currency = (await ask(`${translate('cli.import.ask_currency', { file })} `)).trim();
    if (currency !== '') answers['currency'] = currency;
  }
  if (recognised?.by !== 'preset') return answers;
  const ends: Record<string, string[]> = { won: [], lost: [], open: [] };
  for (const stage of (recognised.stages ?? []).slice(0, MOST_QUESTIONS)) {
    const end = (await ask(`${translate('cli.import.ask_stage', { stage })} `)).trim().toLowerCase();
    // Left blank, it is an answer too: it is not asked again.
    ends[WON.test(end) ? 'won' : LOST.test(end) ? 'lost' : 'open']?.push(stage);
  }
  for (const [end, stages] of Object.entries(ends)) if (stages.length > 0) answers[end] = stages.join(';');
  let free = recognised.free;
  for (const column of recognised.unknown.slice(0, MOST_QUESTIONS)) {
    if (free.length === 0) break;
    const question = translate('cli.import.ask_column', { column, fields: free.join(', ') });
    const field = (await ask(`${question} `)).trim();
    // Left blank, it is an answer too: it is not asked again.
    answers[`column:${column}`] = free.includes(field) ? field : '';
    free = free.filter((each) => each !== field);
  }
  return answers;
}

/** What a file would become: which column goes where, and the first records. */
export function showPlan(terminal: Terminal, report: ImportReport, plan: ImportPlan): void {
  const { translate, colours, width } = terminal;
  terminal.out('');
  terminal.out(colours.bold(report.file));
  const { format, timezone, dates, decimal } = plan;
  const how = [format['kind'], format['sheet'], format['encoding']].filter((each) => each !== undefined);
  terminal.out(
    colours.dim(`  ${translate('cli.import.read_as', { how: how.join(', '), timezone, dates, decimal })}`),
  );
  for (const { kind, when, columns, constants } of plan.records) {
    terminal.out(`  ${translate(`cli.import.kind_${kind}`)}`);
    if (when !== null)
      terminal.out(colours.dim(fit(`    ${translate('cli.import.when', { rule: when })}`, width).trimEnd()));
    for (const [name, headers] of Object.entries(columns))
      terminal.out(fit(`    ${name} ← ${headers.join(' | ')}`, width).trimEnd());
    for (const [name, value] of Object.entries(constants)) terminal.out(`    ${name} = ${value}`);
  }
  for (const [kind, rows] of Object.entries(plan.samples)) {
    for (const row of rows ?? [])
      terminal.out(colours.dim(fit(`  ${kind}: ${inWords(row)}`, width).trimEnd()));
  }
  const stages = report.recognised?.stages ?? [];
  if (stages.length > 0) terminal.out(`  ${translate('cli.import.stages', { stages: stages.join(', ') })}`);
  const unknown = report.recognised?.unknown ?? [];
  if (unknown.length > 0)
    terminal.out(fit(`  ${translate('cli.import.aside', { columns: unknown.join(', ') })}`, width).trimEnd());
}

function inWords(row: Readonly<Record<string, RowValue>>): string {
  return Object.entries(row)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
