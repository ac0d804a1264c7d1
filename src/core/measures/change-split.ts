import { productChange } from '../stats/product-change.ts';
import type { ChangePart, SplitChange } from './changes-answer.ts';

/** What a part is of. */
export type Link = Pick<ChangePart, 'stage' | 'kind' | 'of' | 'owner'>;

interface OfStage {
  readonly id: string;
  readonly owner: string;
}

/** Something of the period before, and of the one it is compared with. */
export interface Both<T> {
  readonly before: T;
  readonly after: T;
}

/** The first stage's count, and each later one's ratio to the stage before it. */
export function linksOf(stages: readonly OfStage[]): readonly Link[] {
  return stages.map(({ id, owner }, position) => {
    const previous = stages[position - 1];
    return {
      stage: id,
      kind: previous === undefined ? 'count' : 'step',
      of: previous?.id ?? null,
      owner,
    };
  });
}

/** The change of the last stage's count split among the stages that leads reach (see `productChange`). */
export function splitCounts(stages: readonly (OfStage & Both<number>)[]): SplitChange {
  return splitChain(stages.at(-1)?.id ?? '', linksOf(stages), {
    before: stages.map(({ before }) => before),
    after: stages.map(({ after }) => after),
  });
}

/**
 * The change of a chain's last quantity, split among its links and so among their owners.
 *
 * @param quantities as many as links, in their order and in the unit of each
 */
export function splitChain(
  stage: string,
  links: readonly Link[],
  quantities: Both<readonly number[]>,
): SplitChange {
  const added = productChange(quantities.before, quantities.after);
  const factor = (chain: readonly number[], position: number): number | null => {
    const quantity = chain[position] ?? 0;
    if (position === 0) return quantity;
    const previous = chain[position - 1] ?? 0;
    return previous > 0 ? quantity / previous : null;
  };
  const parts = links.map((link, position) => ({
    ...link,
    before: factor(quantities.before, position),
    after: factor(quantities.after, position),
    part: added[position] ?? 0,
  }));
  const owners = [...new Set(parts.map(({ owner }) => owner))];
  const before = quantities.before.at(-1) ?? 0;
  const after = quantities.after.at(-1) ?? 0;
  return {
    stage,
    before,
    after,
    change: after - before,
    parts,
    by_owner: owners.map((owner) => ({
      owner,
      part: parts.reduce((sum, each) => (each.owner === owner ? sum + each.part : sum), 0),
    })),
  };
}
