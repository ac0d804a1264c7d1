import type { ReactNode } from 'react';
import type { FunnelAnswer } from '../../../src/core/measures/answer.ts';
import { useReading } from '../language.tsx';
import { longDay } from './dates.ts';

/** With what figures are compared, and at which age: it stands beside them. */
export function ComparedNote({
  compared,
  mode,
}: {
  readonly compared: FunnelAnswer['compared'];
  readonly mode: FunnelAnswer['mode'];
}): ReactNode {
  const { t, language } = useReading();
  if (compared === null) return null;
  const { from, to, until } = compared;
  return (
    <>
      {t('compared.with', {
        from: longDay(from, language),
        to: longDay(to, language),
        how: mode === 'period' ? 'period' : until === null ? 'as_they_stand' : 'equal_age',
        until: until === null ? '' : longDay(until, language),
      })}
    </>
  );
}
