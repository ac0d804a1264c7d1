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
    const first = await offer(file, { dryRun: true });
    if (!first.ok) {
      tell(first.faults);
      continue;
    }
    const answers = await answersTo(first.value, terminal, ask);
    const last = Object.keys(answers).length === 0 ? first : await offer(file, { dryRun: true, answers });
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
  const unknown = report.recognised?.unknown ?? [];
  if (unknown.length > 0)
    terminal.out(fit(`  ${translate('cli.import.aside', { columns: unknown.join(', ') })}`, width).trimEnd());
}

function inWords(row: Readonly<Record<string, RowValue>>): string {
  return Object.entries(row)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
