import { numberFormat } from '../../../core/diagnostic/numbers.ts';
import type { FunnelAnswer } from '../../../core/measures/answer.ts';
import { isNowhen } from '../../../core/measures/selection.ts';
import type { Workspace } from '../../app/workspace.ts';
import type { Terminal } from '../terminal.ts';

type Headed = Pick<FunnelAnswer, 'range' | 'mode' | 'agreement' | 'as_of'>;

/** What an answer is about, as its first line. */
export function headline(terminal: Terminal, answer: Headed): string {
  const { colours, translate } = terminal;
  return `${colours.bold(answer.agreement.name)}  ${colours.dim(
    `${answer.range.from} – ${answer.range.to} · ${translate(`mode.${answer.mode}`)}`,
  )}`;
}

/** Says so where an answer is about nothing: a workspace without data, or one as of before its first. */
export async function showNothing(
  terminal: Terminal,
  answer: Headed,
  workspace: Workspace,
): Promise<boolean> {
  if (!isNowhen(answer.range)) return false;
  const { colours, translate } = terminal;
  const { empty, currency, timezone } = await workspace.status();
  const key = empty ? 'cli.nothing.empty' : 'cli.nothing.before';
  const at = numberFormat(terminal.language, currency, timezone).instant(answer.as_of);
  terminal.out(`${colours.bold(answer.agreement.name)}  ${colours.dim(translate(key, { at }))}`);
  terminal.out(`→ ${translate(`${key}.hint`)}`);
  return true;
}
