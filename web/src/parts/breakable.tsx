import type { ReactNode } from 'react';

/** A name that a program wrote, `lead_updates.csv`: on a narrow screen it breaks after its signs, not inside a word. */
export function Breakable({ name }: { readonly name: string }): ReactNode {
  return name.split(/(?<=[_./\\-])(?=[^_./\\-])/).map((part, nth) => (
    <span key={nth} className="part">
      {part}
      <wbr />
    </span>
  ));
}
