import { z } from 'zod';
import { YamlDocument } from '../../../core/agreement/yaml-document.ts';
import { fault } from '../../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../../core/diagnostic/diagnostic.ts';
import { failure, success } from '../../../core/diagnostic/result.ts';
import type { Result } from '../../../core/diagnostic/result.ts';
import { parseRule } from '../../../core/rule/rule.ts';
import type { RecordKind } from '../mapping.ts';

const words = z.array(z.string().min(1)).min(1);
/** One of the preset's own names for columns, or several of which the first with a value counts. */
const column = z.union([z.string().min(1), words]);

const record = z.strictObject({
  kind: z.enum(['leads', 'activities', 'ads']),
  /** Only of files that have all of these columns, or none of them. */
  if: words.exactOptional(),
  unless: words.exactOptional(),
  when: z.string().exactOptional(),
  columns: z.record(z.string(), column),
  constants: z.record(z.string(), z.string()).exactOptional(),
  prefix: z.record(z.string(), z.string()).exactOptional(),
  /** Whether columns that are called as fields of the agreement go there. */
  fields: z.boolean().exactOptional(),
});

const leaveOut = z.strictObject({
  reason: z.enum(['total', 'footer', 'block']),
  /** Some cell begins with one of these. */
  begins: words.exactOptional(),
  /** Some cell is one of these. */
  is: words.exactOptional(),
  /** All of these columns are blank. */
  blank: words.exactOptional(),
  /** All that follows is left out as well. */
  onwards: z.boolean().exactOptional(),
});

const presetFile = z.strictObject({
  source: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,79}$/),
  label: z.string(),
  match: z.array(words).min(1),
  headers: z.record(z.string(), words),
  ignore: words.exactOptional(),
  timezone: z.string().exactOptional(),
  dates: z.enum(['dmy', 'mdy', 'ymd']).exactOptional(),
  decimal: z.enum(['.', ',']).exactOptional(),
  missing: z.array(z.string()).exactOptional(),
  strip: z.record(z.string(), words).exactOptional(),
  cut: z.record(z.string(), z.number().int().positive()).exactOptional(),
  /** Columns in which several values, joined by `;`, are refused. */
  single: words.exactOptional(),
  leave_out: z.array(leaveOut).exactOptional(),
  needs: z.record(z.string(), z.enum(['period_totals', 'no_lead_id'])).exactOptional(),
  totals: words.exactOptional(),
  /** The column of a pipeline's stages, which everybody names as they like. */
  stages: z.string().min(1).exactOptional(),
  records: z.array(record).min(1).max(20),
});

export type PresetRecord = z.output<typeof record> & { readonly kind: RecordKind };
export type LeaveOut = z.output<typeof leaveOut>;

/**
 * How the exports of a program are read: a mapping that calls columns by names of its own, each with the headers
 * that it has in any language. Data only.
 */
export type Preset = z.output<typeof presetFile>;

/** Reads a preset; its faults have their places. */
export function parsePreset(text: string, file: string): Result<Preset> {
  const document = YamlDocument.parse(text, file);
  if (!document.ok) return document;
  const shape = presetFile.safeParse(document.value.toJs(), { reportInput: true });
  if (!shape.success) {
    const keysAt = (path: readonly (string | number)[]): readonly string[] =>
      Object.keys((path.length === 0 ? presetFile : record).shape);
    return failure(...document.value.faultsOf(shape.error, { keysAt }));
  }
  const preset = shape.data;
  const known = Object.keys(preset.headers);
  const faults: Diagnostic[] = [];
  const check = (names: readonly string[], path: readonly (string | number)[]): void => {
    for (const name of names.filter((each) => !known.includes(each))) {
      faults.push(
        fault('mapping.unknown_header', { name, known: known.join(', ') }, document.value.place(path)),
      );
    }
  };
  preset.match.forEach((names, nth) => check(names, ['match', nth]));
  check(Object.keys(preset.strip ?? {}), ['strip']);
  check(Object.keys(preset.cut ?? {}), ['cut']);
  check(Object.keys(preset.needs ?? {}), ['needs']);
  check(preset.totals ?? [], ['totals']);
  check(preset.stages === undefined ? [] : [preset.stages], ['stages']);
  check(preset.single ?? [], ['single']);
  (preset.leave_out ?? []).forEach(({ blank = [] }, nth) => check(blank, ['leave_out', nth]));
  preset.records.forEach((each, nth) => {
    const path = ['records', nth] as const;
    check([...(each.if ?? []), ...(each.unless ?? [])], path);
    check(Object.values(each.columns).flat(), [...path, 'columns']);
    if (each.when === undefined) return;
    const environment = { kind: 'row', columns: known } as const;
    const rule = parseRule(each.when, environment, document.value.textPlaces([...path, 'when']));
    if (!rule.ok) faults.push(...rule.faults);
  });
  return faults.length > 0 ? failure(...faults) : success(preset);
}
