import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import type { Path, TextEdit } from '../../../src/core/agreement/text-edit.ts';
import { useBuilder } from './builder-context.ts';

interface InputProps {
  readonly label: string;
  readonly value: string;
  /** Told of each change that nothing is wrong with. */
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'date' | 'time' | undefined;
  readonly decimal?: boolean | undefined;
  readonly hint?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly width?: string | undefined;
  /** What is wrong with what is typed, in words. */
  readonly problem?: ((value: string) => string | null) | undefined;
}

/**
 * A field that tells each change at once, and shows what is typed as it is typed: what the text then says may
 * be written otherwise (`1.50` as `1.5`). What is wrong is not told, and stays with the reason until it is
 * mended or the text changes below it.
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
  problem,
}: InputProps): ReactNode {
  const [typed, setTyped] = useState<{ readonly text: string; readonly over: string } | null>(null);
  const wrong = typed === null ? null : (problem?.(typed.text) ?? null);
  const isStale = typed === null || (wrong !== null && typed.over !== value);
  const help = useId();
  return (
    <label>
      <span>{label}</span>
      <input
        type={type}
        value={isStale ? value : typed.text}
        inputMode={decimal ? 'decimal' : undefined}
        placeholder={placeholder}
        className={width}
        aria-invalid={!isStale && wrong !== null}
        aria-describedby={help}
        onChange={(event) => {
          const text = event.target.value;
          setTyped({ text, over: value });
          if ((problem?.(text) ?? null) === null) onChange(text);
        }}
        onBlur={() => {
          if (wrong === null) setTyped(null);
        }}
      />
      <output id={help} className={!isStale && wrong !== null ? 'wrong' : undefined}>
        {(isStale ? null : wrong) ?? hint}
      </output>
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
        problem={(amount) => (/^[1-9]\d{0,4}$/.test(amount.trim()) ? null : t('builder.wrong.whole'))}
        onChange={(amount) => onChange(`${amount.trim()}${unit}`)}
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
  place,
  count,
  name,
  isFixed = false,
  canUp = true,
  canDown = true,
}: {
  /** Of the list, or of the map. */
  readonly path: Path;
  /** A position in the list, or a key of the map. */
  readonly at: number | string;
  /** Which it is of the map's, from 0; absent where their order says nothing. */
  readonly place?: number | undefined;
  readonly count: number;
  readonly name: string;
  readonly isFixed?: boolean;
  readonly canUp?: boolean;
  readonly canDown?: boolean;
}): ReactNode {
  const { t, edit } = useBuilder();
  const nth = typeof at === 'number' ? at : place;
  return (
    <>
      {nth !== undefined && (
        <>
          <button
            type="button"
            disabled={nth === 0 || !canUp}
            title={t('builder.up')}
            aria-label={t('builder.up_of', { name })}
            onClick={() => edit([{ kind: 'move', path, from: nth, to: nth - 1 }])}
          >
            ↑
          </button>
          <button
            type="button"
            disabled={nth === count - 1 || !canDown}
            title={t('builder.down')}
            aria-label={t('builder.down_of', { name })}
            onClick={() => edit([{ kind: 'move', path, from: nth, to: nth + 1 }])}
          >
            ↓
          </button>
        </>
      )}
      <button
        type="button"
        disabled={isFixed}
        aria-label={t('builder.remove_of', { name })}
        onClick={() => edit([removal(path, at, count)])}
      >
        {t('builder.remove')}
      </button>
    </>
  );
}

/** Of an item of a list or a map; the last one goes with what held it. */
export function removal(path: Path, at: number | string, count: number): TextEdit {
  return { kind: 'remove', path: count === 1 ? path : [...path, at] };
}

/** The faults of a part of the text, where it is shown. */
export function FaultsAt({
  path,
  isDeep = false,
}: {
  readonly path: Path;
  /** Those within it, too. */
  readonly isDeep?: boolean;
}): ReactNode {
  const { faultsAt } = useBuilder();
  const faults = faultsAt(path, isDeep);
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
