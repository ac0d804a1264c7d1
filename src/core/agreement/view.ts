import { z } from 'zod';
import type { Language } from '../diagnostic/wording.ts';
import type { Rule } from '../rule/expression.ts';
import { ruleInWords } from '../rule/words.ts';
import type { RuleLabels } from '../rule/words.ts';
import type { Agreement, Label, Stage, TargetMetric } from './agreement.ts';

const ruleView = z.object({ id: z.string(), label: z.string(), rule: z.string(), words: z.string() });

const stageView = z.object({
  id: z.string(),
  label: z.string(),
  kind: z.enum(['measured', 'reached']),
  owner: z.string(),
  from: z.enum(['impressions', 'clicks']).nullable(),
  requires_previous: z.boolean(),
  within: z.string().nullable(),
  within_seconds: z.number().nullable(),
  value: z.boolean().describe('It carries the money'),
  criteria: z.array(ruleView),
});

/** The agreement as people read it, in one language. */
export const agreementView = z.object({
  name: z.string(),
  timezone: z.string(),
  currency: z.string(),
  week_starts: z.enum(['monday', 'sunday']),
  areas: z.array(z.object({ id: z.string(), label: z.string() })),
  fields: z.array(
    z.object({ name: z.string(), label: z.string(), type: z.string(), pii: z.string().nullable() }),
  ),
  stages: z.array(stageView),
  lost: z.array(ruleView),
  targets: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      owner: z.string(),
      kind: z.enum(['count', 'share', 'cost', 'value', 'return']),
      metric: z.string(),
      bound: z.enum(['at_least', 'at_most']),
      goal: z.number(),
      per: z.enum(['week', 'month', 'quarter']),
      where: z.string().nullable().describe('The leads that count, in words; null for all'),
    }),
  ),
  handoffs: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      owner: z.string(),
      from: z.string(),
      words: z.string(),
      within: z.string(),
      within_seconds: z.number(),
      working_hours: z.boolean(),
    }),
  ),
  dimensions: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      kind: z.string(),
      part: z.string().nullable(),
      field: z.string().nullable(),
    }),
  ),
});

export type AgreementView = z.output<typeof agreementView>;

/** A label in a language, else in the other, else the id as words. */
export function labelIn(id: string, label: Label, language: Language): string {
  const other = language === 'es' ? label.en : label.es;
  const plain = id.replaceAll('_', ' ');
  return label[language] ?? other ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

export function ruleLabels(agreement: Agreement, language: Language): RuleLabels {
  return {
    field(name) {
      const field = agreement.fields.find((each) => each.name === name);
      return labelIn(name, field?.label ?? {}, language);
    },
  };
}

export function viewAgreement(agreement: Agreement, language: Language): AgreementView {
  const labels = ruleLabels(agreement, language);
  const inWords = (rule: Rule): string => ruleInWords(rule, language, labels);
  const rule = (each: {
    readonly id: string;
    readonly label: Label;
    readonly rule: Rule;
  }): z.output<typeof ruleView> => ({
    id: each.id,
    label: labelIn(each.id, each.label, language),
    rule: each.rule.source.trim(),
    words: inWords(each.rule),
  });
  return {
    name: agreement.name,
    timezone: agreement.timezone,
    currency: agreement.currency,
    week_starts: agreement.weekStarts,
    areas: agreement.areas.map(({ id, label }) => ({ id, label: labelIn(id, label, language) })),
    fields: agreement.fields.map((field) => ({
      name: field.name,
      label: labelIn(field.name, field.label, language),
      type: field.type,
      pii: field.pii,
    })),
    stages: agreement.stages.map((stage) => viewStage(stage, language, rule)),
    lost: agreement.lost.map(rule),
    targets: agreement.targets.map((target) => ({
      id: target.id,
      label: labelIn(target.id, target.label, language),
      owner: target.owner,
      kind: target.metric.kind,
      metric: metricText(target.metric),
      bound: target.bound,
      goal: target.goal,
      per: target.per,
      where: target.where === null ? null : inWords(target.where),
    })),
    handoffs: agreement.handoffs.map((handoff) => ({
      id: handoff.id,
      label: labelIn(handoff.id, handoff.label, language),
      owner: handoff.owner,
      from: handoff.from,
      words: inWords(handoff.to),
      within: handoff.within.text,
      within_seconds: handoff.within.seconds,
      working_hours: handoff.hours !== null,
    })),
    dimensions: agreement.dimensions.map((dimension) => ({
      id: dimension.id,
      label: dimensionLabel(agreement, dimension, language),
      kind: dimension.kind,
      part: dimension.kind === 'calendar' ? dimension.part : null,
      field: dimension.kind === 'field' || dimension.kind === 'bands' ? dimension.field : null,
    })),
  };
}

type DimensionOf = Agreement['dimensions'][number];

/** A dimension's own label, else that of the field that it groups by. */
export function dimensionLabel(agreement: Agreement, dimension: DimensionOf, language: Language): string {
  if (
    dimension.label.es !== undefined ||
    dimension.label.en !== undefined ||
    dimension.kind === 'calendar' ||
    dimension.kind === 'activity'
  ) {
    return labelIn(dimension.id, dimension.label, language);
  }
  const field = agreement.fields.find((each) => each.name === dimension.field);
  return labelIn(dimension.id, field?.label ?? {}, language);
}

function viewStage(
  stage: Stage,
  language: Language,
  rule: (each: {
    readonly id: string;
    readonly label: Label;
    readonly rule: Rule;
  }) => z.output<typeof ruleView>,
): z.output<typeof stageView> {
  const common = { id: stage.id, label: labelIn(stage.id, stage.label, language), owner: stage.owner };
  if (stage.kind === 'measured') {
    return {
      ...common,
      kind: 'measured',
      from: stage.from,
      requires_previous: false,
      within: null,
      within_seconds: null,
      value: false,
      criteria: [],
    };
  }
  return {
    ...common,
    kind: 'reached',
    from: null,
    requires_previous: stage.requiresPrevious,
    within: stage.within?.text ?? null,
    within_seconds: stage.within?.seconds ?? null,
    value: stage.value !== null,
    criteria: stage.criteria.map(rule),
  };
}

export function metricText(metric: TargetMetric): string {
  switch (metric.kind) {
    case 'count':
      return metric.stage;
    case 'share':
      return `${metric.stage} / ${metric.of}`;
    case 'cost':
      return `spend / ${metric.stage}`;
    case 'value':
      return 'value';
    case 'return':
      return 'value / spend';
  }
}
