import { useNavigate, useSearch } from '@tanstack/react-router';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { useAnswer } from '../api.ts';
import type { Status } from '../api.ts';
import { useReading } from '../language.tsx';
import { rangeOf } from '../../../src/core/measures/screen-question.ts';
import { spanText } from './dates.ts';
import { partsOf } from '../search.ts';
import type { Search } from '../search.ts';
import { AsOfChoice } from './as-of.tsx';
import { PRESETS, presetRange } from './presets.ts';
import { groupText } from '../../../src/core/measures/group-text.ts';

/** What is asked: the range, how it is counted, with what it is compared, and which leads. */
export function FilterBar({
  status,
  compares,
  handsOver = false,
}: {
  readonly status: Status;
  readonly compares: boolean;
  /** What is asked is about leads that are handed over: they are counted in one way only. */
  readonly handsOver?: boolean;
}): ReactNode {
  const { t, language } = useReading();
  const state = useSearch({ strict: false });
  const navigate = useNavigate();
  const agreement = useAnswer('agreement');
  const range = rangeOf(state, status);
  const set = (change: Partial<Search>): void => {
    void navigate({ to: '.', search: (before) => ({ ...before, ...change }) });
  };
  const preset = PRESETS.find((each) => {
    const { from, to } = presetRange(each, status);
    return from === range.from && to === range.to;
  });
  const filters = state.filter ?? [];
  const asked = useId();
  const [isOpen, setOpen] = useState(false);
  // What is asked otherwise than one asks without choosing.
  const chosen = [
    { is: !handsOver && state.mode === 'period', words: t('filters.period'), back: { mode: undefined } },
    {
      is: compares && state.compare === 'year',
      words: `${t('filters.compare')}: ${t('filters.year')}`,
      back: { compare: undefined },
    },
    {
      is: compares && state.compare === 'none',
      words: `${t('filters.compare')}: ${t('filters.none')}`,
      back: { compare: undefined },
    },
    {
      is: compares && state.equal_age === false && state.compare !== 'none' && state.mode !== 'period',
      words: `${t('filters.age')}: ${t('filters.age.as_they_stand')}`,
      back: { equal_age: undefined },
    },
    {
      is: state.as_of !== undefined,
      words: `${t('filters.as_of')} ${state.as_of ?? ''}`,
      back: { as_of: undefined },
    },
  ].filter(({ is }) => is);
  return (
    <form className="filters" aria-label={t('filters.title')} onSubmit={(event) => event.preventDefault()}>
      <button
        type="button"
        className="fold"
        aria-expanded={isOpen}
        aria-controls={asked}
        onClick={() => setOpen(!isOpen)}
      >
        {t('filters.fold', { n: chosen.length + filters.length + (state.where === undefined ? 0 : 1) })}
      </button>
      <ul className="chips folded" aria-label={t('filters.asked')}>
        <li>{spanText(range.from, range.to, language)}</li>
        {chosen.map(({ words, back }) => (
          <li key={words}>
            <button type="button" onClick={() => set(back)}>
              {words} <span aria-hidden="true">×</span>
              <span className="unseen">{t('filters.remove')}</span>
            </button>
          </li>
        ))}
      </ul>
      <div id={asked} className={isOpen ? 'asked open' : 'asked'}>
        <label>
          <span>{t('filters.range')}</span>
          <select
            value={preset ?? 'custom'}
            onChange={(event) => {
              const chosen = PRESETS.find((each) => each === event.target.value);
              if (chosen) set(presetRange(chosen, status));
            }}
          >
            {PRESETS.map((each) => (
              <option key={each} value={each}>
                {t(`range.${each}`)}
              </option>
            ))}
            {preset === undefined && <option value="custom">{t('range.custom')}</option>}
          </select>
        </label>
        <label>
          <span>{t('filters.from')}</span>
          <input
            type="date"
            value={range.from}
            max={range.to}
            onChange={(event) => event.target.value && set({ from: event.target.value })}
          />
        </label>
        <label>
          <span>{t('filters.to')}</span>
          <input
            type="date"
            value={range.to}
            min={range.from}
            onChange={(event) => event.target.value && set({ to: event.target.value })}
          />
        </label>
        {!handsOver && (
          <label>
            <span>{t('filters.mode')}</span>
            <select
              value={state.mode ?? 'cohort'}
              onChange={(event) => set({ mode: event.target.value === 'period' ? 'period' : 'cohort' })}
            >
              <option value="cohort">{t('filters.cohort')}</option>
              <option value="period">{t('filters.period')}</option>
            </select>
          </label>
        )}
        {compares && (
          <label>
            <span>{t('filters.compare')}</span>
            <select
              value={state.compare ?? 'previous'}
              onChange={(event) => {
                const { value } = event.target;
                set({ compare: value === 'none' || value === 'year' ? value : 'previous' });
              }}
            >
              <option value="previous">{t('filters.previous')}</option>
              <option value="year">{t('filters.year')}</option>
              <option value="none">{t('filters.none')}</option>
            </select>
          </label>
        )}
        {compares && state.compare !== 'none' && state.mode !== 'period' && (
          <label>
            <span>{t('filters.age')}</span>
            <select
              value={state.equal_age === false ? 'as_they_stand' : 'equal'}
              onChange={(event) =>
                set({ equal_age: event.target.value === 'as_they_stand' ? false : undefined })
              }
            >
              <option value="equal">{t('filters.age.equal')}</option>
              <option value="as_they_stand">{t('filters.age.as_they_stand')}</option>
            </select>
          </label>
        )}
        <AsOfChoice />
      </div>
      {(filters.length > 0 || state.where) && (
        <ul className="chips" aria-label={t('filters.chosen')}>
          {filters.map((filter) => {
            const { dimension, value } = partsOf(filter);
            const described = agreement.data?.dimensions.find((each) => each.id === dimension);
            return (
              <li key={filter}>
                <button
                  type="button"
                  onClick={() => set({ filter: filters.filter((each) => each !== filter) })}
                >
                  {described?.label ?? dimension}:{' '}
                  {groupText(value === '' ? 'missing' : 'value', value, described?.part ?? null, t)}{' '}
                  <span aria-hidden="true">×</span>
                  <span className="unseen">{t('filters.remove')}</span>
                </button>
              </li>
            );
          })}
          {state.where && (
            <li>
              <button type="button" onClick={() => set({ where: undefined })}>
                <code>{state.where}</code> <span aria-hidden="true">×</span>
                <span className="unseen">{t('filters.remove')}</span>
              </button>
            </li>
          )}
        </ul>
      )}
      <p className="explains" lang={language}>
        {t(
          handsOver
            ? 'filters.handed.explained'
            : state.mode === 'period'
              ? 'filters.period.explained'
              : state.as_of === undefined
                ? 'filters.cohort.explained'
                : 'filters.cohort.explained_then',
        )}
      </p>
    </form>
  );
}
