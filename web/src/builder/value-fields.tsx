import { useState } from 'react';
import type { ReactNode } from 'react';
import type { SeenValue } from '../../../src/core/agreement/seen-values.ts';
import { firstInstant, localDay } from '../../../src/core/calendar/days.ts';
import type { Test } from '../../../src/core/rule/conditions.ts';
import { valuesOf } from '../../../src/core/rule/write-conditions.ts';
import { useBuilder } from './builder-context.ts';
import { Input, SpanInput } from './controls.tsx';
import { OTHER, ValueList } from './value-list.tsx';

/** What the data hold for a value that is asked for. */
export interface Offered {
  readonly values: readonly SeenValue[];
  readonly low: number | null;
  readonly high: number | null;
  /** How a value is called, where it has another name. */
  readonly name?: ((value: string) => string) | undefined;
}

/** The values of a test, chosen of those that the data hold or typed. */
export function ValueFields({
  test,
  offered,
  onChange,
}: {
  readonly test: Test;
  readonly offered: Offered;
  readonly onChange: (values: readonly string[]) => void;
}): ReactNode {
  const { t, number } = useBuilder();
  const needed = valuesOf(test.comparison);
  if (needed === 0) return null;
  if (test.comparison === 'within' || test.comparison === 'after')
    return <SinceCreation value={test.values[0] ?? '24h'} onChange={(value) => onChange([value])} />;
  if (needed === 'several')
    return (
      <ValueList
        values={test.values}
        offered={offered.values}
        nameOf={(value) => nameOf(value, offered)}
        read={(typed) => (test.type === 'string' ? typed : typed.trim().replace(',', '.'))}
        onAdd={(value) => onChange([...test.values, value])}
        onTakeOut={(value) => onChange(test.values.filter((each) => each !== value))}
      />
    );
  const labels = needed === 2 ? [t('builder.low'), t('builder.high')] : [t('builder.value')];
  const isNumber = test.type === 'int' || test.type === 'double';
  const { low, high } = offered;
  const hint =
    isNumber && low !== null && high !== null
      ? t('builder.range', { low: number(low), high: number(high) })
      : undefined;
  return labels.map((label, nth) => {
    const change = (value: string): void =>
      onChange(labels.map((_, at) => (at === nth ? value : (test.values[at] ?? ''))));
    const value = test.values[nth] ?? '';
    if (test.type === 'timestamp')
      return <DayInput key={label} label={label} value={value} onChange={change} />;
    if (test.type === 'string' && offered.values.length > 0 && isWhole(test))
      return <SeenChoice key={label} label={label} value={value} offered={offered} onChange={change} />;
    return (
      <Input
        key={label}
        label={label}
        value={value}
        decimal={isNumber}
        width={isNumber ? 'short' : undefined}
        hint={nth === 0 ? hint : undefined}
        problem={(typed) =>
          !isNumber || typed.trim() === '' || isNumberText(typed) ? null : t('builder.wrong.number')
        }
        onChange={(typed) => change(isNumber ? typed.trim().replace(',', '.') : typed)}
      />
    );
  });
}

function isNumberText(typed: string): boolean {
  return /^-?\d{1,15}(?:\.\d{1,9})?$/.test(typed.trim().replace(',', '.'));
}

/** Asked as a whole, so that only values that there are make sense. */
function isWhole({ comparison }: Test): boolean {
  return comparison === '==' || comparison === '!=';
}

function nameOf(value: string, offered: Offered): string {
  return offered.name?.(value) ?? value;
}

function SeenChoice({
  label,
  value,
  offered,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly offered: Offered;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const { t, format } = useBuilder();
  const [isTyped, setTyped] = useState(false);
  if (isTyped) return <Input label={label} value={value} onChange={onChange} />;
  const isSeen = offered.values.some((each) => each.value === value);
  return (
    <label>
      <span>{label}</span>
      <select
        value={value}
        onChange={(event) => {
          if (event.target.value === OTHER) setTyped(true);
          else onChange(event.target.value);
        }}
      >
        {value === '' && <option value="">{t('builder.choose')}</option>}
        {value !== '' && !isSeen && (
          <option value={value}>{t('builder.not_seen', { value: nameOf(value, offered) })}</option>
        )}
        {offered.values.map((each) => (
          <option key={each.value} value={each.value}>
            {t('builder.counted', { value: nameOf(each.value, offered), count: format.count(each.count) })}
          </option>
        ))}
        <option value={OTHER}>{t('builder.other')}</option>
      </select>
    </label>
  );
}

const SECONDS = { m: 60, h: 3600, d: 86_400 } as const;

/** A length of time since the lead's creation; rules count in hours and less. */
function SinceCreation({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const { t } = useBuilder();
  const amount = Number(value.slice(0, -1));
  const isDays = value.endsWith('h') && amount % 24 === 0 && amount > 24;
  return (
    <SpanInput
      label={t('builder.amount')}
      value={isDays ? `${amount / 24}d` : value}
      units={['m', 'h', 'd']}
      onChange={(next) => {
        const size = Number(next.slice(0, -1));
        onChange(next.endsWith('d') ? `${(size * SECONDS.d) / SECONDS.h}h` : next);
      }}
    />
  );
}

/** An instant as the local day that it begins; another one as it stands in the rule. */
function DayInput({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const { timezone } = useBuilder();
  const isInstant = !Number.isNaN(Date.parse(value)) && value.includes('T');
  const day = isInstant ? localDay(value, timezone) : '';
  const isDay = value === '' || (isInstant && instantOf(day, timezone) === value);
  return isDay ? (
    <Input
      label={label}
      type="date"
      value={day}
      onChange={(next) => onChange(next === '' ? '' : instantOf(next, timezone))}
    />
  ) : (
    <Input label={label} value={value} onChange={onChange} />
  );
}

function instantOf(day: string, timezone: string): string {
  return new Date(Number(firstInstant(day, timezone) / 1000n)).toISOString().replace('.000Z', 'Z');
}
