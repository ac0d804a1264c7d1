/** A group's leads at a step, and those of them that passed it. */
export interface Passing {
  readonly from: number;
  readonly to: number;
}

export interface GroupInBoth {
  readonly before: Passing;
  readonly after: Passing;
}

export interface RateAndMix {
  /** Of all groups together, in each period. */
  readonly before: number;
  readonly after: number;
  /** Parts of `after − before`, as differences of fractions. */
  readonly rate: number;
  readonly mix: number;
  /** In the order of the groups. */
  readonly groups: readonly { readonly rate: number; readonly mix: number }[];
  /** Every group that is in both periods moved one way, and all of them together the other. */
  readonly reverses: boolean;
}

/**
 * How much of a rate's change comes from the groups' own rates and how much from what they are among all. The
 * rate is the sum of share × rate over the groups; each product's change is split at the midpoints, so that
 * nothing is left over:
 *
 *   rate effect = Σ (w₀ + w₁) / 2 · (r₁ − r₀)      mix effect = Σ ((r₀ + r₁) / 2 − r̄) · (w₁ − w₀)
 *
 * with r̄ the midpoint of the whole rates, which changes no sum and makes a group's mix effect tell whether
 * it grew where it is better or worse than all. A group that is in one period only has no change of rate. What
 * passed in a group without leads at the step (by period, of leads that came before) counts as rate.
 *
 * Sources: E. M. Kitagawa, "Components of a difference between two rates", Journal of the American
 * Statistical Association 50 (1955) 1168–1194; reversals: E. H. Simpson, Journal of the Royal Statistical
 * Society B 13 (1951) 238–241.
 *
 * @returns `null` where a period has no lead at the step
 */
export function rateAndMix(groups: readonly GroupInBoth[]): RateAndMix | null {
  const total = (of: (group: GroupInBoth) => number): number =>
    groups.reduce((sum, group) => sum + of(group), 0);
  const fromBefore = total(({ before }) => before.from);
  const fromAfter = total(({ after }) => after.from);
  if (fromBefore === 0 || fromAfter === 0) return null;
  const before = total((group) => group.before.to) / fromBefore;
  const after = total((group) => group.after.to) / fromAfter;
  const middle = (before + after) / 2;
  const effects = groups.map((group) => {
    const grown = group.after.from / fromAfter - group.before.from / fromBefore;
    const [rateBefore, rateAfter] = ratesOf(group);
    const own = (rateBefore + rateAfter) / 2;
    // What a group adds to the whole rate, less what its growth adds: its weight times its change of rate.
    const added = group.after.to / fromAfter - group.before.to / fromBefore;
    return { rate: added - own * grown, mix: (own - middle) * grown };
  });
  const sum = (of: 'rate' | 'mix'): number => effects.reduce((all, effect) => all + effect[of], 0);
  const whole = Math.sign(after - before);
  const inBoth = groups.filter((group) => group.before.from > 0 && group.after.from > 0);
  return {
    before,
    after,
    rate: sum('rate'),
    mix: sum('mix'),
    groups: effects,
    reverses:
      whole !== 0 &&
      inBoth.length > 1 &&
      inBoth.every((group) => {
        const [rateBefore, rateAfter] = ratesOf(group);
        return Math.sign(rateAfter - rateBefore) === -whole;
      }),
  };
}

function ratesOf({ before, after }: GroupInBoth): readonly [number, number] {
  const rateBefore = before.from > 0 ? before.to / before.from : null;
  const rateAfter = after.from > 0 ? after.to / after.from : null;
  return [rateBefore ?? rateAfter ?? 0, rateAfter ?? rateBefore ?? 0];
}
