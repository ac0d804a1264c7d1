import type { BreakdownAnswer, GroupAnswer } from '../../../src/core/measures/answer.ts';
import { topShare } from './top-share.ts';

/** What a drawing says in words, and its colour. */
export interface DrawnWords {
  readonly title: string;
  /** What was asked: the range, the mode. */
  readonly asked: string;
  readonly legend: string;
  readonly hue: string;
  readonly weekStarts: 'monday' | 'sunday';
  name(group: GroupAnswer, part: BreakdownAnswer['part']): string;
  percent(rate: number | null): string;
  count(value: number): string;
  weekday(day: string): string;
}

const WIDTH = 960;
const ROW = 26;
const LABEL = 250;
const TRACK_END = 740;
const INK = '#1c1d1f';
const SOFT = '#5d6066';
const PAPER = '#ffffff';

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function textAt(x: number, y: number, text: string, more = ''): string {
  return `<text x="${x}" y="${y}" ${more}>${escaped(text)}</text>`;
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** A breakdown as a picture of its own, on white: it needs nothing of the page to be shown elsewhere. */
export function breakdownSvg(answer: BreakdownAnswer, words: DrawnWords): string {
  const parts: string[] = [];
  let y = 34;
  parts.push(textAt(24, y, words.title, 'font-size="20" font-weight="600"'));
  y += 22;
  parts.push(textAt(24, y, words.asked, `font-size="13" fill="${SOFT}"`));
  y += 22;
  if (answer.part === 'weekday_hour' && answer.second === null) {
    parts.push(heat(answer, words, y));
    y += 8 * 34;
  } else if (answer.second === null) {
    parts.push(bars(answer.groups, answer, words, topShare(answer.groups), y));
    y += answer.groups.length * ROW;
  } else {
    const scale = topShare(answer.panels.flatMap(({ groups }) => groups));
    for (const { total, groups } of answer.panels) {
      y += 16;
      const heading = `${words.name(total, answer.second.part)}  ${words.percent(total.rate.rate)}`;
      parts.push(textAt(24, y, heading, 'font-size="15" font-weight="600"'));
      y += 8;
      parts.push(bars(groups, answer, words, scale, y));
      y += groups.length * ROW + 8;
    }
  }
  y += 26;
  parts.push(textAt(24, y, words.legend, `font-size="12" fill="${SOFT}"`));
  const height = y + 20;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, 'Segoe UI', 'Liberation Sans', sans-serif" font-size="14" fill="${INK}"><rect width="100%" height="100%" fill="${PAPER}"/>${parts.join('')}</svg>`;
}

function bars(
  groups: readonly GroupAnswer[],
  answer: BreakdownAnswer,
  words: DrawnWords,
  scale: number,
  top: number,
): string {
  const x = (share: number): number => LABEL + 24 + Math.min(1, share / scale) * (TRACK_END - LABEL - 24);
  const overall = answer.total.rate.rate;
  return groups
    .map((group, place) => {
      const middle = top + place * ROW + ROW / 2;
      const { rate, low, high } = group.rate;
      const isAbove = (rate ?? 0) > (overall ?? 0);
      const interval =
        low === null || high === null
          ? ''
          : `<path d="M${x(low)} ${middle - 4}V${middle + 4}M${x(low)} ${middle}H${x(high)}M${x(high)} ${middle - 4}V${middle + 4}" stroke="${INK}" fill="none"/>`;
      return `<g${group.small ? ' opacity="0.45"' : ''}>${textAt(24, middle + 5, cut(words.name(group, answer.part), 34))}<rect x="${x(0)}" y="${middle - 7}" width="${x(rate ?? 0) - x(0)}" height="14" fill="${words.hue}" opacity="0.85"/>${interval}${overall === null ? '' : `<path d="M${x(overall)} ${middle - 13}V${middle + 13}" stroke="${INK}" opacity="0.35"/>`}${textAt(826, middle + 5, `${words.percent(rate)}${group.differs ? (isAbove ? ' ▲' : ' ▼') : ''}`, 'text-anchor="end" font-weight="500"')}${textAt(936, middle + 5, `${words.count(group.rate.numerator)}/${words.count(group.rate.denominator)}`, `text-anchor="end" font-size="12" fill="${SOFT}"`)}</g>`;
    })
    .join('');
}

function heat(answer: BreakdownAnswer, words: DrawnWords, top: number): string {
  const cells = new Map(answer.groups.map((group) => [group.value, group]));
  const days = words.weekStarts === 'sunday' ? '7 1 2 3 4 5 6' : '1 2 3 4 5 6 7';
  const most = topShare(answer.groups);
  const width = (WIDTH - 48 - 96) / 24;
  const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
  const head = hours.map((hour, place) =>
    textAt(
      24 + 96 + (place + 0.5) * width,
      top + 14,
      hour,
      `text-anchor="middle" font-size="12" fill="${SOFT}"`,
    ),
  );
  const rows = days.split(' ').flatMap((day, row) => [
    textAt(24, top + 44 + row * 34, words.weekday(day)),
    ...hours.map((hour, place) => {
      const group = cells.get(`${day}-${hour}`);
      if (!group || group.rate.denominator === 0) return '';
      const share = group.rate.rate ?? 0;
      const left = 24 + 96 + place * width;
      return `<g${group.small ? ' opacity="0.4"' : ''}><rect x="${left + 1}" y="${top + 24 + row * 34}" width="${width - 2}" height="30" fill="${words.hue}" fill-opacity="${(Math.min(1, share / most) * 0.78).toFixed(3)}"${group.differs ? ` stroke="${INK}" stroke-width="1.5"` : ''}/>${textAt(left + width / 2, top + 44 + row * 34, String(Math.round(share * 100)), 'text-anchor="middle" font-size="12"')}</g>`;
    }),
  ]);
  return [...head, ...rows].join('');
}
