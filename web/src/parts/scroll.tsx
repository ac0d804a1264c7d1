import type { ReactNode } from 'react';

/** What may be wider than the page: it scrolls by itself, by keyboard too. Named, it is a landmark. */
export function Scroll({
  className = '',
  label,
  children,
}: {
  readonly className?: string;
  readonly label?: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section className={`scroll ${className}`} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
