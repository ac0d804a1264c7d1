/**
 * The logarithmic mean of two positive numbers: (a − b) / (ln a − ln b), and a where they are equal.
 */
export function logarithmicMean(a: number, b: number): number {
  const excess = (a - b) / b;
  return excess === 0 ? a : (a - b) / Math.log1p(excess);
}

/**
 * What each link of a chain added to the change of its last quantity. The last quantity is the product of the
 * first one and of the ratios of each to the one before it; its change is split among these factors by the
 * logarithmic mean Divisia index (LMDI-I, additive), without a residual.
 *
 * Where the last quantity is zero in one of the periods, the whole change belongs to the link at which the
 * chain breaks off there and does not in the other period: the limit of the parts as the zeros go to it. A
 * quantity in between that is zero in
 * either period tells nothing of its own (its ratio and the next one are no numbers): its part is 0, and the
 * next link spans both.
 *
 * Source: B. W. Ang, "The LMDI approach to decomposition analysis: a practical guide", Energy Policy 33
 * (2005) 867–871; zeros: B. W. Ang and N. Liu, "Handling zero values in the logarithmic mean Divisia index
 * decomposition approach", Energy Policy 35 (2007) 238–246.
 *
 * @param before quantities of the chain, none negative
 * @param after as many, of the other period
 * @returns a part for each quantity, in its unit; together the change of the last one
 */
export function productChange(before: readonly number[], after: readonly number[]): readonly number[] {
  const from = before.at(-1) ?? 0;
  const to = after.at(-1) ?? 0;
  const change = to - from;
  const parts = before.map(() => 0);
  if (from === 0 || to === 0) {
    if (change !== 0) parts[from === 0 ? breakOf(before, after) : breakOf(after, before)] = change;
    return parts;
  }
  const weight = logarithmicMean(to, from);
  let last = { before: 1, after: 1 };
  before.forEach((quantity, position) => {
    const later = after[position] ?? 0;
    if (quantity === 0 || later === 0) return;
    parts[position] = weight * Math.log(later / last.after / (quantity / last.before));
    last = { before: quantity, after: later };
  });
  return settled(parts, change);
}

/** The first link after the last quantity that is there at which the other period has one. */
function breakOf(chain: readonly number[], other: readonly number[]): number {
  const last = chain.findLastIndex((quantity) => quantity > 0);
  return other.findIndex((quantity, position) => position > last && quantity > 0);
}

/** What rounding left over goes to the greatest part, so that the sum is the change however small it is. */
function settled(parts: readonly number[], change: number): readonly number[] {
  const rest = change - parts.reduce((sum, part) => sum + part, 0);
  const greatest = parts.reduce(
    (best, part, position) => (Math.abs(part) > Math.abs(parts[best] ?? 0) ? position : best),
    0,
  );
  return parts.map((part, position) => (position === greatest ? part + rest : part));
}
