import { useNavigate } from '@tanstack/react-router';
import { OF_CRITERIA, OF_DATA } from '../search.ts';
import { SCREENS } from './screens.ts';
import { toggleTables } from './table-view.tsx';

/** The key that turns every chart into its table. */
export const TABLES_KEY = 't';

/** The keys of a screen: `g`, and its own. */
export function screenKeys({ key }: (typeof SCREENS)[number]): string {
  return `g ${key}`;
}

/** What keys do at once, by the keys. */
export function useKeyActions(): ReadonlyMap<string, () => void> {
  const navigate = useNavigate();
  return new Map<string, () => void>([
    ...SCREENS.map((screen): [string, () => void] => [
      screenKeys(screen),
      () => void navigate({ to: screen.to, search: (before) => ({ ...before, ...OF_CRITERIA, ...OF_DATA }) }),
    ]),
    [TABLES_KEY, toggleTables],
  ]);
}
