import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Path } from '../../../src/core/agreement/text-edit.ts';
import { useBuilder } from './builder-context.ts';

interface InputProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'date' | 'time' | undefined;
  readonly decimal?: boolean | undefined;
  readonly hint?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly width?: string | undefined;
}

/**
 * A field that tells each change at once, and shows what is typed as it is typed: what the text then says may
 * be written otherwise (`1.50` as `1.5`).
 */
export function Input({
  label,
  value,
  onChange,
  type = 'text',
  decimal = false,
  hint,
  placeholder,
  width,
}: InputProps): ReactNode {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <label>
      <span>{label}</span>
      <input
        type={type}
        value={typed ?? value}
        inputMode={decimal ? 'decimal' : undefined}
        placeholder={placeholder}
        className={width}
        onChange={(event) => {
          setTyped(event.target.value);
          onChange(event.target.value);
        }}
        onBlur={() => setTyped(null)}
      />
      {hint !== undefined && <small>{hint}</small>}
    </label>
  );
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

export function Choice({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string) => void;
}): ReactNode {
  return (
    <label>
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
        {options.every((option) => option.value !== value) && <option value={value}>{value}</option>}
      </select>
    </label>
  );
}

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** Of a length of time as the agreement writes it. */
export function secondsOf(span: string): number {
  return Number(span.slice(0, -1)) * (SECONDS[span.slice(-1)] ?? 0);
}

/** A length of time: a whole number and its unit. */
export function SpanInput({
  label,
  value,
  units,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly units: readonly ('m' | 'h' | 'd')[];
  readonly onChange: (value: string) => void;
}): ReactNode {
  const { t } = useBuilder();
  const unit = value.slice(-1);
  return (
    <>
      <Input
        label={label}
        value={value.slice(0, -1)}
        decimal
        width="short"
        onChange={(amount) => /^[1-9]\d{0,4}$/.test(amount) && onChange(`${amount}${unit}`)}
      />
      <Choice
        label={t('builder.unit')}
        value={unit}
        options={units.map((each) => ({ value: each, label: t(`builder.unit.${each}`) }))}
        onChange={(next) => onChange(`${value.slice(0, -1)}${next}`)}
      />
    </>
  );
}

/** To move an item of a list up and down, and to remove it. */
export function ItemTools({
  path,
  at,
  count,
  name,
  isFixed = false,
  canUp = true,
  canDown = true,
}: {
  /** Of the list. */
  readonly path: Path;
  readonly at: number;
  readonly count: number;
  readonly name: string;
  readonly isFixed?: boolean;
  readonly canUp?: boolean;
  readonly canDown?: boolean;
}): ReactNode {
  const { t, edit } = useBuilder();
  const move = (to: number): void => edit([{ kind: 'move', path, from: at, to }]);
  return (
    <>
      <button
        type="button"
        disabled={at === 0 || !canUp}
        title={t('builder.up')}
        aria-label={t('builder.up_of', { name })}
        onClick={() => move(at - 1)}
      >
        ↑
      </button>
      <button
        type="button"
        disabled={at === count - 1 || !canDown}
        title={t('builder.down')}
        aria-label={t('builder.down_of', { name })}
        onClick={() => move(at + 1)}
      >
        ↓
      </button>
      <button
        type="button"
        disabled={isFixed}
        aria-label={t('builder.remove_of', { name })}
        onClick={() => edit([{ kind: 'remove', path: [...path, at] }])}
      >
        {t('builder.remove')}
      </button>
    </>
  );
}

/** The faults of a part of the text, where it is shown. */
export function FaultsAt({ path }: { readonly path: Path }): ReactNode {
  const { faultsAt } = useBuilder();
  const faults = faultsAt(path);
  if (faults.length === 0) return null;
  return (
    <ul className="at-place" role="alert">
      {faults.map((fault) => (
        <li key={fault.message}>
          {fault.message}
          {fault.hint !== null && <small>{fault.hint}</small>}
        </li>
      ))}
    </ul>
  );
}
