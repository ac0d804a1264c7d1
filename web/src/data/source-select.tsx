import type { ReactNode } from 'react';

/** Which source is shown, or any. */
export function SourceSelect({
  label,
  any,
  names,
  value,
  choose,
}: {
  readonly label: string;
  readonly any: string;
  readonly names: readonly string[];
  readonly value: string | undefined;
  readonly choose: (name: string | undefined) => void;
}): ReactNode {
  return (
    <label>
      <span>{label}</span>
      <select value={value ?? ''} onChange={(event) => choose(event.target.value || undefined)}>
        <option value="">{any}</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
