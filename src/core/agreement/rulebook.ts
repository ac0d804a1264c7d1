import { fault } from '../diagnostic/diagnostic.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { InvariantError } from '../diagnostic/errors.ts';
import { failure, success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';
import type { Rule } from '../rule/expression.ts';
import type { Agreement, Field, ReachedStage, Stage } from './agreement.ts';
import { reachedStages } from './agreement.ts';

/** A version of the agreement and the leads that it is for. */
export interface AgreementVersion {
  readonly version: number;
  /** The local day (ISO) from which on leads that are created are judged by it; `null`: all before, too. */
  readonly from: string | null;
  readonly agreement: Agreement;
}

/** What judges the leads that were created from one local day to another. */
export interface Judgement {
  readonly version: number;
  /** Its rules in the form of the rulebook's `counted`: the same stages in the same order. */
  readonly agreement: Agreement;
  /** Included; `null` for the beginning. */
  readonly from: string | null;
  /** Not included; `null` for no end. */
  readonly until: string | null;
}

/**
 * How all of history is read: each lead by the version in force when it was created, and all of them counted
 * in the form of the latest.
 */
export interface Rulebook {
  readonly version: number;
  readonly counted: Agreement;
  /** In order, without gap or overlap. */
  readonly judgements: readonly [Judgement, ...Judgement[]];
  /** Fields that the rules know and the store does not: missing of every lead. */
  readonly absent: readonly Field[];
}

/** All of history under one version. */
export function underOne(agreement: Agreement, version = 1): Rulebook {
  return {
    version,
    counted: agreement,
    judgements: [{ version, agreement, from: null, until: null }],
    absent: [],
  };
}

/**
 * Those versions that still count, by their days.
 *
 * @param versions in the order in which they were put in force: a later one replaces what holds from its day on
 */
export function inForce<V extends Pick<AgreementVersion, 'from'>>(versions: readonly V[]): readonly V[] {
  const kept: V[] = [];
  for (const each of versions) {
    while (kept.length > 0 && (kept.at(-1)?.from ?? '') >= (each.from ?? '')) kept.pop();
    kept.push(each);
  }
  return kept;
}

/**
 * Reads history under the versions of its time. Stages that a version does not have are read as the latest
 * has them (there is no older definition); those that the latest does not have are not counted.
 *
 * @param versions at least one, in the order of their days (see `inForce`)
 * @param stored the fields that the store has, in its order
 * @returns a fault for each field that changed its type while a rule needs it
 */
export function rulebookOf(
  versions: readonly AgreementVersion[],
  stored: readonly Field[] = allFields(versions.map(({ agreement }) => agreement).toReversed()),
): Result<Rulebook> {
  const latest = versions.at(-1);
  if (latest === undefined) throw new InvariantError('no version of an agreement');
  const fields = allFields([{ fields: stored }, ...versions.map(({ agreement }) => agreement)]);
  const faults: Diagnostic[] = [];
  const judgements = versions.map(({ agreement, version }, position): Judgement => {
    const seen = seenThrough(latest.agreement, agreement, fields);
    faults.push(...changedFields(seen, agreement, version));
    return {
      version,
      agreement: seen,
      // The first holds before its day as well: something must.
      from: position === 0 ? null : (versions[position]?.from ?? null),
      until: versions[position + 1]?.from ?? null,
    };
  });
  const [first, ...rest] = judgements;
  if (first === undefined) throw new InvariantError('no version of an agreement');
  const [fault, ...more] = faults;
  if (fault !== undefined) return failure(fault, ...more);
  return success({
    version: latest.version,
    counted: countedAs(latest.agreement, judgements, fields),
    judgements: [first, ...rest],
    absent: fields.slice(stored.length),
  });
}

/** The fields of several agreements, each once; the first that has a field says what it is. */
export function allFields(agreements: readonly Pick<Agreement, 'fields'>[]): readonly Field[] {
  const fields = new Map<string, Field>();
  for (const agreement of agreements) {
    for (const field of agreement.fields) if (!fields.has(field.name)) fields.set(field.name, field);
  }
  return [...fields.values()];
}

/** The rules of one agreement in the form of another. */
function seenThrough(shape: Agreement, rules: Agreement, fields: readonly Field[]): Agreement {
  const stages = new Map(reachedStages(rules).map((stage) => [stage.id, stage]));
  const handoffs = new Map(
    rules.handoffs
      .filter(({ from }) => shape.stages.some((stage) => stage.id === from))
      .map((handoff) => [handoff.id, handoff]),
  );
  return {
    ...shape,
    fields,
    stages: shape.stages.map((stage, position): Stage => {
      const own = stages.get(stage.id);
      if (stage.kind === 'measured' || own === undefined) return stage;
      const isFirst = shape.stages[position - 1]?.kind !== 'reached';
      return {
        ...stage,
        criteria: own.criteria,
        requiresPrevious: own.requiresPrevious,
        within: isFirst ? null : own.within,
        value: stage.value === null ? null : (own.value ?? stage.value),
      };
    }),
    lost: rules.lost,
    handoffs: shape.handoffs.map((handoff) => handoffs.get(handoff.id) ?? handoff),
  };
}

/** The latest, but implying no more of its stages than all of the versions do. */
function countedAs(latest: Agreement, judgements: readonly Judgement[], fields: readonly Field[]): Agreement {
  return {
    ...latest,
    fields,
    stages: latest.stages.map((stage, position): Stage => {
      if (stage.kind === 'measured') return stage;
      const same = judgements.map(({ agreement }) => agreement.stages[position]).filter(isReached);
      return {
        ...stage,
        requiresPrevious: same.every((each) => each.requiresPrevious),
        within: stage.within ?? same.find((each) => each.within !== null)?.within ?? null,
      };
    }),
  };
}

function isReached(stage: Stage | undefined): stage is ReachedStage {
  return stage?.kind === 'reached';
}

/** The rules by which leads are judged, with the place where each stands. */
function rulesOf(agreement: Agreement): readonly Rule[] {
  return [
    ...reachedStages(agreement).flatMap((stage) => [
      ...stage.criteria.map((criterion) => criterion.rule),
      ...(stage.value === null ? [] : [stage.value.where]),
    ]),
    ...agreement.lost.map((lost) => lost.rule),
    ...agreement.handoffs.map((handoff) => handoff.to),
  ];
}

/** Fields that rules of a version need and that are by now of another type. */
export function changedFields(seen: Agreement, original: Agreement, version: number): readonly Diagnostic[] {
  const needed = new Set(rulesOf(seen).flatMap((rule) => rule.fields));
  return original.fields.flatMap((field) => {
    const now = seen.fields.find((each) => each.name === field.name);
    const same =
      now === undefined || (now.type === field.type && (now.pii === null) === (field.pii === null));
    return same || !needed.has(field.name)
      ? []
      : [fault('agreement.field_changed', { name: field.name, version, was: field.type, is: now.type })];
  });
}

/** Whether leads of a version are asked the very criteria that a stage has. */
export function hasSameCriteria(stage: ReachedStage, judgement: Judgement): boolean {
  const own = judgement.agreement.stages.find((each) => each.id === stage.id);
  const written = ({ criteria }: ReachedStage): string =>
    JSON.stringify(criteria.map(({ id, rule }) => [id, rule.expression]));
  return isReached(own) && written(own) === written(stage);
}
