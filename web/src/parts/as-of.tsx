import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { numberFormat } from '../../../src/core/diagnostic/numbers.ts';
import type { Status } from '../api.ts';
import { useReading } from '../language.tsx';
import type { Search } from '../search.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function useAsOf(): { readonly asOf: string | undefined; readonly choose: (day: string) => void } {
  const { as_of: asOf } = useSearch({ strict: false });
  const navigate = useNavigate();
  return {
    asOf,
    choose(day) {
      const change: Partial<Search> = { as_of: day === '' ? undefined : day };
      void navigate({ to: '.', search: (before) => ({ ...before, ...change }) });
    },
  };
}

/** The day as of which everything is asked; empty for today. */
export function AsOfChoice(): ReactNode {
  const { t } = useReading();
  const { asOf, choose } = useAsOf();
  return (
    <label>
      <span>{t('filters.as_of')}</span>
      <input
        type="date"
        value={asOf !== undefined && DAY.test(asOf) ? asOf : ''}
        onChange={(event) => choose(event.target.value)}
      />
    </label>
  );
}

/** Says on every screen that what is shown is what was known earlier, and leads back to today. */
export function AsOfNotice({ status }: { readonly status: Status | undefined }): ReactNode {
  const { t, language } = useReading();
  const { asOf, choose } = useAsOf();
  if (asOf === undefined) return null;
  const at = DAY.test(asOf)
    ? t('as_of.day', {
        day: new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(
          new Date(`${asOf}T00:00:00Z`),
        ),
      })
    : status === undefined
      ? null
      : t('as_of.instant', {
          at: numberFormat(language, status.currency, status.timezone).instant(status.as_of),
        });
  if (at === null) return null;
  return (
    <output className="notice as-of">
      {at}{' '}
      <button type="button" onClick={() => choose('')}>
        {t('as_of.back')}
      </button>
    </output>
  );
}
