import type { AgreementForm } from './form.ts';
import type { TextEdit } from './text-edit.ts';

/** What other parts of an agreement name. */
export type Renamed = 'area' | 'field' | 'stage';

/**
 * The edits by which something goes by another id, wherever the agreement names it.
 *
 * @param to an id that nothing of its kind has
 */
export function renameEdits(
  form: AgreementForm,
  what: Renamed,
  from: string,
  to: string,
): readonly TextEdit[] {
  switch (what) {
    case 'area':
      return [
        ...(['funnel', 'targets', 'handoffs'] as const).flatMap((list) =>
          form[list].flatMap(({ owner }, at) => (owner === from ? [set([list, at, 'owner'], to)] : [])),
        ),
        { kind: 'rename', path: ['areas', from], name: to },
      ];
    case 'field':
      return [...fieldEdits(form, from, to), { kind: 'rename', path: ['fields', from], name: to }];
    case 'stage':
      return [
        ...form.funnel.flatMap(({ id }, at) => (id === from ? [set(['funnel', at, 'id'], to)] : [])),
        ...form.handoffs.flatMap((handoff, at) =>
          handoff.from === from ? [set(['handoffs', at, 'from'], to)] : [],
        ),
        ...form.targets.flatMap(({ metric }, at) => {
          const renamed = metric.replaceAll(/\w+/g, (word) => (word === from ? to : word));
          return renamed === metric ? [] : [set(['targets', at, 'metric'], renamed)];
        }),
      ];
  }
}

function set(path: TextEdit['path'], value: string): TextEdit {
  return { kind: 'set', path, value };
}

function fieldEdits(form: AgreementForm, from: string, to: string): readonly TextEdit[] {
  const rules: readonly (readonly [TextEdit['path'], string | undefined])[] = [
    ...form.funnel.flatMap(({ criteria = [] }, at) =>
      criteria.map(({ rule }, nth) => [['funnel', at, 'criteria', nth, 'rule'], rule] as const),
    ),
    ...form.lost.map(({ rule }, at) => [['lost', at, 'rule'], rule] as const),
    ...form.handoffs.map((handoff, at) => [['handoffs', at, 'to'], handoff.to] as const),
    ...form.targets.map(({ where }, at) => [['targets', at, 'where'], where] as const),
  ];
  return [
    ...rules.flatMap(([path, rule]) => {
      const renamed = rule === undefined ? rule : renamedInRule(rule, from, to);
      return renamed === undefined || renamed === rule ? [] : [set(path, renamed)];
    }),
    ...form.lost.flatMap(({ reason }, at) =>
      reason === `lead.${from}` ? [set(['lost', at, 'reason'], `lead.${to}`)] : [],
    ),
    ...form.dimensions.flatMap(({ field }, at) =>
      field === from ? [set(['dimensions', at, 'field'], to)] : [],
    ),
    ...(form.identity ?? []).flatMap((name, at) => (name === from ? [set(['identity', at], to)] : [])),
  ];
}

/** Texts and comments of a rule, which name nothing, and the fields that it names. */
const PARTS = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\/\/[^\n]*|(?<![\w.])lead(\s*\.\s*)(\w+)/g;

/** A rule that asks for a field by its new name; one with a fault, too. */
function renamedInRule(rule: string, from: string, to: string): string {
  return rule.replaceAll(PARTS, (part, dot: string | undefined, name: string | undefined) =>
    name === from ? `lead${dot ?? '.'}${to}` : part,
  );
}
