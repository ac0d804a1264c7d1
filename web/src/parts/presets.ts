import { addDays } from '../../../src/core/calendar/add-days.ts';
import type { DayRange } from '../../../src/core/calendar/days.ts';
import { dayOf } from '../../../src/core/measures/screen-question.ts';
import type { Status } from '../api.ts';

export const PRESETS = ['d30', 'd90', 'month', 'last_month', 'quarter', 'year', 'all'] as const;
type Preset = (typeof PRESETS)[number];

/** The range of a preset, counted back from the last day with data. */
export function presetRange(preset: Preset, status: Status): DayRange {
  const extent = status.extent ?? dayOf(status);
  const { to } = extent;
  const monthStart = `${to.slice(0, 7)}-01`;
  switch (preset) {
    case 'd30':
      return { from: addDays(to, -29), to };
    case 'd90':
      return { from: addDays(to, -89), to };
    case 'month':
      return { from: monthStart, to };
    case 'last_month': {
      const end = addDays(monthStart, -1);
      return { from: `${end.slice(0, 7)}-01`, to: end };
    }
    case 'quarter': {
      const month = Number(to.slice(5, 7));
      const first = String(month - ((month - 1) % 3)).padStart(2, '0');
      return { from: `${to.slice(0, 4)}-${first}-01`, to };
    }
    case 'year':
      return { from: `${to.slice(0, 4)}-01-01`, to };
    case 'all':
      return extent;
  }
}
