import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, ReactNode } from 'react';
import { sharedToken } from '../shared-link.ts';

function Anchor({ children, ...given }: AnchorHTMLAttributes<HTMLAnchorElement>): ReactNode {
  if (sharedToken() === null) return <a {...given}>{children}</a>;
  // Who reads by a link sees one view: nothing leads on from it.
  const { className, style, title } = given;
  return (
    <span className={className} style={style} title={title}>
      {children}
      {given['aria-label'] !== undefined && <span className="unseen"> {given['aria-label']}</span>}
    </span>
  );
}

/** A way to another screen; on the page of a shared link, its words alone. */
export const Link = createLink(Anchor);
