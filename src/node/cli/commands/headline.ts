import { localDay } from '../../../core/calendar/days.ts';
import { numberFormat } from '../../../core/diagnostic/numbers.ts';
import type { FunnelAnswer } from '../../../core/measures/answer.ts';
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

/** With what an answer is compared, and at which age. */
export function comparedLine(
  { translate, colours }: Terminal,
  { from, to, until }: NonNullable<FunnelAnswer['compared']>,
  mode: FunnelAnswer['mode'],
): string {
  const how = mode === 'period' ? 'period' : until === null ? 'as_they_stand' : 'equal_age';
  return colours.dim(translate('cli.compared', { from, to, how, until: until ?? '' }));
}

/** Says so where an answer is about nothing: a workspace without data, or one as of before its first. */
export async function showNothing(
  terminal: Terminal,
  answer: Headed,
  workspace: Workspace,
): Promise<boolean> {
  const { from, to, timezone: zone } = answer.range;
  const today = localDay(answer.as_of, zone);
  // Without any fact the range is the day of the question.
  if (from !== today || to !== today) return false;
  if ((await workspace.status({ as_of: answer.as_of })).extent !== null) return false;
  const { colours, translate } = terminal;
  const { empty, currency, timezone } = await workspace.status();
  const key = empty ? 'cli.nothing.empty' : 'cli.nothing.before';
  const at = numberFormat(terminal.language, currency, timezone).instant(answer.as_of);
  terminal.out(`${colours.bold(answer.agreement.name)}  ${colours.dim(translate(key, { at }))}`);
  terminal.out(`→ ${translate(`${key}.hint`)}`);
  return true;
}
