import { useMemo } from 'react';
import { numberFormat } from '../../../src/core/diagnostic/numbers.ts';
import type { NumberFormat } from '../../../src/core/diagnostic/numbers.ts';
import { useAnswer } from '../api.ts';
import type { Agreement, Status } from '../api.ts';
import { useReading } from '../language.tsx';

/** What every screen needs to show numbers: the agreement, the status, how numbers are written. */
export interface View {
  readonly agreement: Agreement;
  readonly status: Status;
  readonly format: NumberFormat;
  stage(id: string): string;
  area(id: string): string;
  /** A field's value as readers write it: numbers grouped, all else as it is. */
  value(field: string, value: unknown): string;
  /** The area's place: the first is drawn in marketing's hue, the others in sales'. */
  hue(area: string): 'marketing' | 'sales';
}

export function useView(): View | null {
  const { language } = useReading();
  const { data: agreement } = useAnswer('agreement');
  const { data: status } = useAnswer('status');
  return useMemo(() => {
    if (!agreement || !status) return null;
    return {
      agreement,
      status,
      format: numberFormat(language, status.currency, status.timezone),
      stage: (id) => agreement.stages.find((stage) => stage.id === id)?.label ?? id,
      area: (id) => agreement.areas.find((area) => area.id === id)?.label ?? id,
      value: (name, value) =>
        typeof value === 'number' && agreement.fields.find((field) => field.name === name)?.type === 'number'
          ? value.toLocaleString(language === 'es' ? 'es-ES' : 'en-US', {
              maximumFractionDigits: 6,
              useGrouping: 'always',
            })
          : String(value),
      hue: (area) => (agreement.areas[0]?.id === area ? 'marketing' : 'sales'),
    };
  }, [agreement, status, language]);
}
