import type { ReactNode } from 'react';

/** Several controls under one label. */
export function FieldFrame({
  label,
  isBare = false,
  children,
}: {
  readonly label: string;
  /** Where what stands before it says what it is. */
  readonly isBare?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <fieldset className={isBare ? 'several bare' : 'several'}>
      <legend className={isBare ? 'unseen' : undefined}>{label}</legend>
      {children}
    </fieldset>
  );
}
