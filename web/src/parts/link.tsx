import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, ReactNode } from 'react';
import { sharedToken } from '../shared-link.ts';

type Given = AnchorHTMLAttributes<HTMLAnchorElement> & { readonly 'data-tip'?: string };

function Anchor({ children, ...given }: Given): ReactNode {
  if (sharedToken() === null) return <a {...given}>{children}</a>;
  // Who reads by a link sees one view: nothing leads on from it.
  const { className, style, title } = given;
  // What only says that there is more says nothing there.
  if (className?.includes('onward') === true) return null;
  return (
    <span className={className} style={style} title={title} data-tip={given['data-tip']}>
      {children}
      {given['aria-label'] !== undefined && <span className="unseen"> {given['aria-label']}</span>}
    </span>
  );
}

/**
 * A way to another screen; on the page of a shared link, its words alone, and nothing of one of the class
 * `onward`, which only offers to go on.
 */
export const Link = createLink(Anchor);
