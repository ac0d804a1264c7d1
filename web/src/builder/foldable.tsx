import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import type { Path } from '../../../src/core/agreement/text-edit.ts';
import { useBuilder } from './builder-context.ts';
import { ItemTools } from './controls.tsx';

/** An item of the form: what it says on one line, and below it, once opened, how it is changed. */
export function Foldable({
  level,
  list,
  at,
  place,
  count,
  id,
  name,
  title,
  says,
  className,
  tools,
  below,
  children,
}: {
  readonly level: 4 | 5;
  /** The path of the list, or of the map, that it stands in. */
  readonly list: Path;
  readonly at: number | string;
  /** Which it is of the map's, from 0. */
  readonly place?: number;
  readonly count: number;
  readonly id: string;
  readonly name: string;
  readonly title?: string;
  readonly says: string;
  readonly className: string;
  readonly tools?: { readonly isFixed?: boolean; readonly canUp?: boolean; readonly canDown?: boolean };
  /** What is shown whether or not it is open. */
  readonly below?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  const { t, fresh, faultsUnder } = useBuilder();
  const heading = useId();
  const body = useId();
  const [isOpen, setOpen] = useState(fresh === id);
  const Heading = level === 4 ? 'h4' : 'h5';
  const isFaulty = faultsUnder([...list, at]);
  const isShown = isOpen || isFaulty;
  return (
    <li className={className} aria-labelledby={heading}>
      <header>
        <div>
          <Heading id={heading}>{title ?? name}</Heading>
          <p>{says}</p>
        </div>
        <span className="tools">
          <button
            type="button"
            aria-expanded={isShown}
            aria-controls={body}
            aria-label={t(isShown ? 'builder.close_of' : 'builder.edit_of', { name })}
            onClick={() => setOpen(!isShown)}
          >
            {t(isShown ? 'builder.close' : 'builder.edit')}
          </button>
          <ItemTools path={list} at={at} place={place} count={count} name={name} {...tools} />
        </span>
      </header>
      <div id={body} hidden={!isShown}>
        {isShown && children}
      </div>
      {below}
    </li>
  );
}
