import { useNavigate, useSearch } from '@tanstack/react-router';
import { useReading } from '../language.tsx';
import { OF_CRITERIA, OF_DATA } from '../search.ts';
import type { Search } from '../search.ts';
import { PRESETS, presetRange } from './presets.ts';
import { screenKeys, TABLES_KEY } from './key-actions.ts';
import { PARTS, SCREENS } from './screens.ts';
import { forgetTour } from './tour-kept.ts';
import { toggleTables } from './table-view.tsx';
import { chooseTheme, THEMES } from './theme.ts';
import { useView } from './use-view.ts';

/** Something that can be done from anywhere by its name. */
export interface Command {
  readonly id: string;
  readonly group: 'go' | 'leads' | 'breakdowns' | 'range' | 'reading';
  readonly name: string;
  /** The keys that do it at once. */
  readonly keys?: string;
  readonly run: () => void;
}

/** All that can be done from here: where to go, what to ask, how to read it. */
export function useCommands(): readonly Command[] {
  const { t, setLanguage } = useReading();
  const navigate = useNavigate();
  const state = useSearch({ strict: false });
  const view = useView();
  const set = (change: Partial<Search>) => (): void => {
    void navigate({ to: '.', search: (before) => ({ ...before, ...change }) });
  };
  const go =
    (to: (typeof SCREENS | typeof PARTS)[number]['to'], change: Partial<Search> = {}) =>
    (): void => {
      void navigate({ to, search: { ...state, ...OF_CRITERIA, ...OF_DATA, ...change } });
    };
  const screens = SCREENS.map((screen): Command => ({
    id: `go:${screen.to}`,
    group: 'go',
    name: t(screen.label),
    keys: screenKeys(screen),
    run: go(screen.to),
  }));
  const parts = PARTS.map(({ to, label }): Command => ({
    id: `go:${to}`,
    group: 'go',
    name: t(label),
    run: go(to),
  }));
  const reading: readonly Command[] = [
    { id: 'tables', group: 'reading', name: t('commands.tables'), keys: TABLES_KEY, run: toggleTables },
    {
      id: 'tour',
      group: 'reading',
      name: t('tour.title'),
      run: () => {
        forgetTour();
        go('/')();
      },
    },
    { id: 'print', group: 'reading', name: t('commands.print'), run: () => window.print() },
    ...(['es', 'en'] as const).map((language): Command => ({
      id: `language:${language}`,
      group: 'reading',
      name: language === 'es' ? 'Español' : 'English',
      run: () => setLanguage(language),
    })),
    ...THEMES.map((theme): Command => ({
      id: `theme:${theme}`,
      group: 'reading',
      name: `${t('nav.theme')}: ${t(`theme.${theme}`)}`,
      run: () => chooseTheme(theme),
    })),
  ];
  if (view === null || view.status.empty) return [...screens, ...parts, ...reading];
  return [
    ...screens,
    ...parts,
    ...view.agreement.dimensions.map((dimension): Command => ({
      id: `breakdown:${dimension.id}`,
      group: 'breakdowns',
      name: t('commands.breakdown', { dimension: dimension.label }),
      run: go('/breakdowns', { dimension: dimension.id }),
    })),
    ...view.agreement.stages
      .filter((stage) => stage.kind === 'reached')
      .flatMap((stage) =>
        ([undefined, 'lost'] as const).map((status): Command => ({
          id: `leads:${stage.id}:${status ?? 'all'}`,
          group: 'leads',
          name: t(status === undefined ? 'commands.leads' : 'commands.lost', { stage: stage.label }),
          run: go('/leads', { stage: stage.id, status }),
        })),
      ),
    ...PRESETS.map((preset): Command => ({
      id: `range:${preset}`,
      group: 'range',
      name: t(`range.${preset}`),
      run: set(presetRange(preset, view.status)),
    })),
    ...(['cohort', 'period'] as const).map((mode): Command => ({
      id: `mode:${mode}`,
      group: 'range',
      name: t(`filters.${mode}`),
      run: set({ mode }),
    })),
    ...(['previous', 'year', 'none'] as const).map((compare): Command => ({
      id: `compare:${compare}`,
      group: 'range',
      name: `${t('filters.compare')}: ${t(`filters.${compare}`)}`,
      run: set({ compare }),
    })),
    ...reading,
  ];
}
