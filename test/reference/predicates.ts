/** A predicate on one activity, as written in a macro: `activities.exists(a, a.type == "sale")`. */
export interface Predicate {
  readonly macro: string;
  readonly variable: string;
  readonly source: string;
  /** `!` stands right before it. */
  readonly negated: boolean;
}

/** The macros over activities in a rule's text, found by their brackets. */
export function predicatesIn(source: string): readonly Predicate[] {
  const found: Predicate[] = [];
  const outside = maskStrings(source);
  const start = /(!\s*)?activities\s*\.\s*(exists_one|exists|all|filter)\s*\(\s*(\w+)\s*,/g;
  for (const match of outside.matchAll(start)) {
    const from = match.index + match[0].length;
    let depth = 1;
    let to = from;
    while (to < outside.length && depth > 0) {
      if (outside[to] === '(') depth += 1;
      if (outside[to] === ')') depth -= 1;
      to += 1;
    }
    found.push({
      macro: match[2] ?? '',
      variable: match[3] ?? '',
      source: source.slice(from, to - 1).trim(),
      negated: match[1] !== undefined,
    });
  }
  if (/activities\s*\.\s*size\s*\(|size\s*\(\s*activities\s*\)/.test(outside)) {
    // Counting them all is counting those that satisfy nothing in particular.
    found.push({ macro: 'filter', variable: 'a', source: 'true', negated: false });
  }
  return found;
}

/** The same text with what stands in quotes blanked, so that a bracket in a text is no bracket. */
function maskStrings(source: string): string {
  return source.replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, (text) => '_'.repeat(text.length));
}
