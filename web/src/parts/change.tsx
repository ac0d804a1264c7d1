import type { ReactNode } from 'react';
import { useReading } from '../language.tsx';
import type { View } from './use-view.ts';

/** A change as an arrow and words, in ink: whether it is good is for the reader to say. */
export function Change({ change, view }: { readonly change: number | null; readonly view: View }): ReactNode {
  const { t } = useReading();
  if (change === null) return null;
  const text = view.format.relative(change);
  const direction = Math.abs(change) < 0.0005 ? 'same' : change > 0 ? 'up' : 'down';
  return (
    <span className="change">
      <span aria-hidden="true">{direction === 'up' ? '↑' : direction === 'down' ? '↓' : '='}</span> {text}
      <span className="unseen"> {t('change.than_before')}</span>
    </span>
  );
}
