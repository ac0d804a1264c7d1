/** What a part of a drawing says when it is pointed at: all of it stands there for screen readers already. */
export function tip(text: string): { readonly 'data-tip': string } {
  return { 'data-tip': text };
}

/** The same of a part too small for a finger to be sure of: the first tap tells, the second opens. */
export function tipFirst(text: string): { readonly 'data-tip': string; readonly 'data-tip-first': '' } {
  return { 'data-tip': text, 'data-tip-first': '' };
}
