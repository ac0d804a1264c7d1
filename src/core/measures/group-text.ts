import type { Translate } from '../diagnostic/wording.ts';
import type { GroupAnswer } from './answer.ts';

/** The name of a group of leads as people read it. */
export function groupText(
  kind: GroupAnswer['kind'],
  value: string | null,
  part: string | null,
  translate: Translate,
  members = 1,
): string {
  if (kind !== 'value') return translate(`group.${kind}`, { members });
  const text = value ?? '';
  if (part === 'weekday') return translate(`weekday.${text}`);
  if (part === 'hour') return `${text.padStart(2, '0')} h`;
  if (part === 'weekday_hour') {
    const [day = '', hour = ''] = text.split('-');
    return `${translate(`weekday.${day}`)}, ${hour} h`;
  }
  return text;
}
