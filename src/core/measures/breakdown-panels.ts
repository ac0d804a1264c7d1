import type { Dimension, Stage } from '../agreement/agreement.ts';
import { crossedTexts } from '../facts/groups.ts';
import type { GroupAnswer, PanelAnswer } from './answer.ts';
import { addFigures, answerGroup, compare, fold, order } from './breakdown-cells.ts';
import type { Cell } from './breakdown-cells.ts';
import type { MeasureContext, Row } from './measure.ts';
import type { Selection } from './selection.ts';
import { countOf } from './share.ts';
import { collect } from './tally-query.ts';
import type { Figures } from './tally-query.ts';

/** Panels that a page can hold; further groups of the second dimension are folded into one. */
const MOST_PANELS = 12;

interface Crossed {
  readonly first: string | null;
  readonly second: string | null;
  readonly figures: Figures;
}

/**
 * The groups of a dimension for each group of a second one. Ads have no two dimensions at once: what they
 * measure is empty here.
 *
 * @param shown the groups of all leads, as they are shown
 * @param whole all leads together
 */
export function panelsOf(
  rows: readonly Row[],
  shown: readonly Cell[],
  whole: GroupAnswer,
  {
    dimension,
    second,
    pair,
    top,
  }: {
    readonly dimension: Dimension;
    readonly second: Dimension;
    readonly pair: readonly [Stage, Stage];
    readonly top: number;
  },
  selection: Selection,
  context: MeasureContext,
): PanelAnswer[] {
  const crossed = [...collect(rows, { dimension, second, byDay: false })].map(([text, figures]): Crossed => {
    const [one, other] = crossedTexts(text ?? '');
    return { first: one, second: other, figures };
  });
  const bare = { ads: null, before: null, members: 1 } as const;
  const values = [...new Set(crossed.map((each) => each.second))];
  const seconds = values.map((value): Cell => ({
    ...bare,
    kind: value === null ? 'missing' : 'value',
    value: value ?? '',
    keys: [value],
    figures: addFigures(crossed.filter((each) => each.second === value).map((each) => each.figures)),
  }));
  const size = ({ figures }: Cell): number =>
    countOf(pair[0], figures, null) ?? countOf(pair[1], figures, null) ?? 0;
  const panels = fold(order(seconds, second, size, context), second, Math.min(top, MOST_PANELS), size);
  const places = (cells: readonly Cell[]): ReadonlyMap<string | null, number> =>
    new Map(cells.flatMap((cell, place) => cell.keys.map((key) => [key, place] as const)));
  const [rowOf, panelOf] = [places(shown), places(panels)];
  const figures = new Map<string, Figures[]>();
  for (const each of crossed) {
    const place = `${panelOf.get(each.second)}:${rowOf.get(each.first)}`;
    figures.set(place, [...(figures.get(place) ?? []), each.figures]);
  }
  const all = panels.map((panel, panelPlace) => ({
    total: answerGroup(panel, pair, selection, context),
    groups: shown.flatMap((cell, place) => {
      const sums = addFigures(figures.get(`${panelPlace}:${place}`) ?? []);
      return Object.values(sums).some((sum) => sum !== 0)
        ? [answerGroup({ ...cell, ...bare, members: cell.members, figures: sums }, pair, selection, context)]
        : [];
    }),
  }));
  // What only the stages between or after have is of no panel here.
  const made = all.filter((panel) => panel.groups.length > 0);
  // All cells are tested at once, each against everybody else.
  const told = compare(
    made.flatMap((panel) => panel.groups),
    whole,
    pair,
    selection,
  );
  const starts = made.map((_, position) =>
    made.slice(0, position).reduce((sum, panel) => sum + panel.groups.length, 0),
  );
  return made.map((panel, position) => ({
    total: panel.total,
    groups: told.slice(starts[position], (starts[position] ?? 0) + panel.groups.length),
  }));
}
