import type { ReactNode } from 'react';
import type { FunnelAnswer } from '../../../src/core/measures/answer.ts';
import { useReading } from '../language.tsx';
import { rangeOf } from '../../../src/core/measures/screen-question.ts';
import { partsOf } from '../search.ts';
import type { Search } from '../search.ts';
import { longDay } from './dates.ts';
import type { View } from './use-view.ts';

/** On paper the controls are not there: what was asked stands as a line instead. */
export function PrintedHeading({
  view,
  state,
  compared,
}: {
  readonly view: View;
  readonly state: Search;
  readonly compared: FunnelAnswer['compared'];
}): ReactNode {
  const { t, language } = useReading();
  const { from, to } = rangeOf(state, view.status);
  const filters = (state.filter ?? []).map((filter) => {
    const { dimension, value } = partsOf(filter);
    const label = view.agreement.dimensions.find((each) => each.id === dimension)?.label ?? dimension;
    return `${label}: ${value === '' ? t('group.missing') : value}`;
  });
  return (
    <p className="on-paper">
      <strong>{view.status.name}</strong>{' '}
      {t('printed.asked', {
        from: longDay(from, language),
        to: longDay(to, language),
        mode: state.mode ?? 'cohort',
        compared: compared === null ? 'no' : 'yes',
        before_from: compared === null ? '' : longDay(compared.from, language),
        before_to: compared === null ? '' : longDay(compared.to, language),
      })}{' '}
      {[...filters, ...(state.where === undefined ? [] : [state.where])].join(' · ')}
    </p>
  );
}
