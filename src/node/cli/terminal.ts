import { isatty } from 'node:tty';
import pc from 'picocolors';
import stringWidth from 'string-width';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import type { Language, Translate } from '../../core/diagnostic/wording.ts';
import { errorBody } from '../server/problem.ts';
import type { ErrorBody } from '../server/problem.ts';
import { translateTo } from '../server/language.ts';

/** What a command writes with: results on stdout, all else on stderr. */
export interface Terminal {
  readonly language: Language;
  readonly translate: Translate;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colours: ReturnType<typeof pc.createColors>;
  readonly width: number;
  out(text: string): void;
  note(text: string): void;
}

const NARROWEST = 60;

/** Only a terminal: left to itself, the library would colour pipes too where `CI` or `FORCE_COLOR` is set. */
function colourful(stream: { readonly fd: number }): boolean {
  return isatty(stream.fd) && process.env['NO_COLOR'] === undefined;
}

export function openTerminal(options: { language: Language; json: boolean; quiet: boolean }): Terminal {
  const { stdout, stderr } = process;
  return {
    ...options,
    translate: translateTo(options.language),
    colours: pc.createColors(colourful(stdout)),
    width: Math.max(NARROWEST, Math.min(stdout.columns ?? 100, 140)),
    out: (text) => void stdout.write(`${text}\n`),
    note: (text) => {
      if (!options.quiet) stderr.write(`${text}\n`);
    },
  };
}

/** Writes a piece of a long result, and waits where whoever reads it is slower. */
export async function written(piece: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(piece)) await new Promise((resolve) => process.stdout.once('drain', resolve));
}

/** Faults of reaching or opening something, which exit with 3; all others are of usage or input. */
const UNREACHABLE =
  /^(?:store\.(?:busy|disk_full|kept_uncounted|cut_short|home_read_only|no_home|home_is_file)|server\.(?:port_in_use|cannot_listen)|cli\.(?:server_unreachable|no_file|already_served)|load\.(?:busy|source_failed)|source\.(?:unreachable|refused|too_slow|tap_failed|no_command|broken_off))$/;

/** The exit status of faults. */
export function statusOf(faults: readonly Diagnostic[]): 2 | 3 {
  const codes = faults.map((each) => (each.code === 'cli.told' ? String(each.params['code']) : each.code));
  return codes.some((code) => UNREACHABLE.test(code)) ? 3 : 2;
}

/** Faults as `--json` gives them: the first as the error, and all of them where there are more. */
export function faultBody(
  faults: readonly Diagnostic[],
  { translate }: Terminal,
): { readonly error?: ErrorBody; readonly errors?: readonly ErrorBody[] } {
  const [error, ...more] = faults.map((each) => errorBody(each, translate));
  if (!error) return {};
  return { error, ...(more.length > 0 ? { errors: [error, ...more] } : {}) };
}

/** Tells faults in words: message, place, the line with a caret, the mend. */
export function tellFaults(
  terminal: Terminal,
  faults: readonly Diagnostic[],
  sources: ReadonlyMap<string, string> = new Map(),
): void {
  if (terminal.json) {
    terminal.out(JSON.stringify(faultBody(faults, terminal)));
    return;
  }
  const colours = pc.createColors(colourful(process.stderr));
  for (const each of faults) {
    const { message, hint, at } = errorBody(each, terminal.translate);
    const lines = [`${colours.red(each.severity === 'error' ? '✗' : '!')} ${message}`];
    if (at !== null) {
      lines.push(colours.dim(`  ${at.file === undefined ? '' : `${at.file}:`}${at.line}:${at.column}`));
      const source = at.file === undefined ? undefined : sources.get(at.file)?.split('\n')[at.line - 1];
      if (source !== undefined && source.length <= 200) {
        lines.push(`  ${source}`, `  ${' '.repeat(Math.max(0, at.column - 1))}${colours.red('^')}`);
      }
    }
    if (hint !== null) lines.push(`  → ${hint}`);
    process.stderr.write(`${lines.join('\n')}\n`);
  }
}

export function tellWarnings(terminal: Terminal, warnings: readonly Diagnostic[]): void {
  for (const each of warnings) {
    const { message, hint } = errorBody(each, terminal.translate);
    terminal.note(`! ${message}${hint === null ? '' : `\n  → ${hint}`}`);
  }
}

/** A text cut or filled to a width of cells of a terminal. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  let cut = text;
  while (stringWidth(cut) > width) cut = `${Array.from(cut).slice(0, -2).join('')}…`;
  const filling = ' '.repeat(Math.max(0, width - stringWidth(cut)));
  return align === 'left' ? cut + filling : filling + cut;
}

/** A text in lines of at most a width of cells, broken between words; a word that is longer stands alone. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && stringWidth(`${last} ${word}`) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

export interface TableColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Lines of an aligned table, without borders. */
export function table(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const widths = columns.map((column, index) =>
    Math.max(stringWidth(column.title), ...rows.map((row) => stringWidth(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => fit(cell, widths[index] ?? 0, columns[index]?.align))
      .join('  ')
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...rows.map(line)];
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** A bar of a share (0 to 1) of a width, to an eighth of a cell. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, share)) * width * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}
