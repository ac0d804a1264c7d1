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
  if (part === 'day' || part === 'month') return dayOf(text, part, translate);
  if (part === 'week') return translate('group.week', { day: dayOf(text, 'day', translate) });
  return text;
}

const PARTS = {
  day: { day: 'numeric', month: 'short', year: 'numeric' },
  month: { month: 'long', year: 'numeric' },
} as const;

/** A local day, or a month (`2026-03`), as a reader of the catalogues' language writes it. */
function dayOf(text: string, part: keyof typeof PARTS, translate: Translate): string {
  const at = Date.parse(`${text}T00:00:00Z`.replace(/^(\d{4}-\d{2})T/, '$1-01T'));
  if (Number.isNaN(at)) return text;
  return new Intl.DateTimeFormat(translate('group.locale'), { ...PARTS[part], timeZone: 'UTC' }).format(at);
}
