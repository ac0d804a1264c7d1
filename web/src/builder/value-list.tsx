import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Path, TextEdit } from '../../../src/core/agreement/text-edit.ts';
import type { SeenValue } from '../../../src/core/agreement/seen-values.ts';
import { useBuilder } from './builder-context.ts';
import { FieldFrame } from './field-frame.tsx';

/** A sign that no value has, for the entry that lets one be typed. */
export const OTHER = '\u0000other';

/** Values as a row of those chosen, and one to add: of those that the data hold, or typed. */
export function ValueList({
  label,
  values,
  offered = [],
  nameOf = (value) => value,
  type = 'text',
  read = (typed) => typed,
  problem,
  hint,
  onAdd,
  onTakeOut,
}: {
  readonly label?: string | undefined;
  readonly values: readonly string[];
  readonly offered?: readonly SeenValue[];
  readonly nameOf?: ((value: string) => string) | undefined;
  readonly type?: 'text' | 'date';
  /** What is meant by what is typed. */
  readonly read?: ((typed: string) => string) | undefined;
  readonly problem?: ((value: string) => string | null) | undefined;
  readonly hint?: string | undefined;
  readonly onAdd: (value: string) => void;
  readonly onTakeOut: (value: string) => void;
}): ReactNode {
  const { t, format } = useBuilder();
  const [isTyped, setTyped] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const left = offered.filter(({ value }) => !values.includes(value));
  return (
    <FieldFrame label={label ?? t('builder.values')} isBare={label === undefined}>
      {values.map((value) => (
        <button
          key={value}
          type="button"
          className="chosen"
          aria-label={t('builder.take_out', { value: nameOf(value) })}
          onClick={() => onTakeOut(value)}
        >
          {nameOf(value)} <span aria-hidden="true">×</span>
        </button>
      ))}
      {offered.length > 0 && !isTyped ? (
        <select
          value=""
          aria-label={t('builder.add_value')}
          onChange={(event) => {
            if (event.target.value === OTHER) setTyped(true);
            else onAdd(event.target.value);
          }}
        >
          <option value="">{t('builder.add_value')}</option>
          {left.map((each) => (
            <option key={each.value} value={each.value}>
              {t('builder.counted', { value: nameOf(each.value), count: format.count(each.count) })}
            </option>
          ))}
          <option value={OTHER}>{t('builder.other')}</option>
        </select>
      ) : (
        <input
          type={type}
          aria-label={t('builder.add_value')}
          placeholder={t('builder.add_value')}
          aria-invalid={wrong !== null}
          onChange={() => setWrong(null)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add(event.currentTarget);
          }}
          onBlur={(event) => add(event.currentTarget)}
        />
      )}
      {(wrong ?? hint) !== undefined && (
        <output className={wrong === null ? undefined : 'wrong'}>{wrong ?? hint}</output>
      )}
    </FieldFrame>
  );

  function add(input: HTMLInputElement): void {
    const value = read(input.value);
    const found = value === '' ? null : (problem?.(value) ?? null);
    setWrong(found);
    if (found !== null) return;
    input.value = '';
    setTyped(false);
    if (value !== '' && !values.includes(value)) onAdd(value);
  }
}

/** The edits by which a list of the text has one value more, in its order. */
export function added<T extends string | number>(
  path: Path,
  values: readonly T[],
  value: T,
): readonly TextEdit[] {
  const at = values.findIndex((each) => each > value);
  return [{ kind: 'insert', path, at: at < 0 ? values.length : at, value }];
}

/** The edits by which a list of the text has one value less. */
export function takenOut<T extends string | number>(
  path: Path,
  values: readonly T[],
  value: T,
): readonly TextEdit[] {
  return [{ kind: 'remove', path: [...path, values.indexOf(value)] }];
}
