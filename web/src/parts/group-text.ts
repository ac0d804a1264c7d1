import type { Translate } from '../../../src/core/diagnostic/wording.ts';
import type { GroupAnswer } from '../../../src/core/measures/answer.ts';

/** The name of a group of leads as people read it. */
export function groupText(
  kind: GroupAnswer['kind'],
  value: string | null,
  part: string | null,
  t: Translate,
  members = 1,
): string {
  if (kind !== 'value') return t(`group.${kind}`, { members });
  const text = value ?? '';
  if (part === 'weekday') return t(`weekday.${text}`);
  if (part === 'hour') return `${text.padStart(2, '0')} h`;
  if (part === 'weekday_hour') {
    const [day = '', hour = ''] = text.split('-');
    return `${t(`weekday.${day}`)}, ${hour} h`;
  }
  return text;
}
