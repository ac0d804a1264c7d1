import type { ImportReport, Reject } from '../../app/workspace.ts';
import { tellWarnings } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

/** The reason of a reject in words. */
export function reasonOf(reject: Pick<Reject, 'code' | 'column' | 'value'>, { translate }: Terminal): string {
  return translate(reject.code, { column: reject.column ?? '', value: reject.value ?? '' });
}

export function showReport(terminal: Terminal, report: ImportReport): void {
  const { translate, colours } = terminal;
  const title = translate(report.kept ? 'cli.import.done' : 'cli.import.not_kept', { file: report.file });
  terminal.out(`${report.kept ? colours.green('✓') : '·'} ${title}`);
  showCounts(terminal, report);
}

/** What became of a file's rows, or would. */
export function showCounts(terminal: Terminal, report: ImportReport): void {
  const { translate, colours } = terminal;
  terminal.out(
    `  ${translate('cli.import.counts', {
      read: report.rowsRead,
      accepted: report.accepted,
      unchanged: report.unchanged,
      rejected: report.rejected,
    })}`,
  );
  const { recognised } = report;
  if (recognised !== undefined && recognised.by !== 'names')
    terminal.out(`  ${translate(`cli.import.by_${recognised.by}`, { name: recognised.name })}`);
  if (report.mended !== undefined) {
    const { untouched, unknown } = report.mended;
    if (untouched + unknown > 0) terminal.out(`  ${translate('cli.mend.left', { untouched, unknown })}`);
  }
  const left = Object.entries(report.leftOut ?? {});
  if (left.length > 0) {
    const parts = left.map(([reason, rows]) => translate(`cli.import.left_${reason}`, { rows }));
    terminal.out(`  ${translate('cli.import.left_out', { rows: parts.join(', ') })}`);
  }
  if (report.known) terminal.out(`  ${translate('cli.import.known')}`);
  if (report.repeated > 0) terminal.out(`  ${translate('cli.import.repeated', { count: report.repeated })}`);
  for (const reject of report.examples) {
    terminal.out(
      `  ${colours.red('✗')} ${translate('cli.import.line', { line: reject.line })} ${reasonOf(reject, terminal)}`,
    );
  }
  if (report.rejected > 0 && report.kept && report.mended === undefined) {
    terminal.out(`  → ${translate('cli.import.see_all', { batch: report.entry })}`);
  }
  tellWarnings(terminal, report.warnings);
}
