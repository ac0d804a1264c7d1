import type { Language, MessageValues } from '../diagnostic/wording.ts';
import type { Rule } from '../rule/expression.ts';
import { ruleInWords } from '../rule/words.ts';
import type { Agreement, Criterion, Handoff, Label, LostRule, Stage, Target } from './agreement.ts';
import { dimensionLabel, labelIn, metricText, ruleLabels } from './view.ts';

/** One thing in which two agreements differ, as a message of the catalogues. */
export interface Difference {
  readonly code: string;
  readonly params: MessageValues;
  /** The area whose promise or stage it is; `null` for what belongs to none. */
  readonly owner: string | null;
  /** It changes which leads count where, and not only what is shown or promised. */
  readonly counts: boolean;
}

/** What two lists of things with ids have to themselves, and what they share. */
function compare<T>(
  before: readonly T[],
  after: readonly T[],
  idOf: (each: T) => string,
): {
  readonly added: readonly T[];
  readonly removed: readonly T[];
  readonly kept: readonly (readonly [T, T])[];
} {
  const old = new Map(before.map((each) => [idOf(each), each]));
  const now = new Set(after.map(idOf));
  return {
    added: after.filter((each) => !old.has(idOf(each))),
    removed: before.filter((each) => !now.has(idOf(each))),
    kept: after.flatMap((each) => {
      const was = old.get(idOf(each));
      return was === undefined ? [] : [[was, each] as const];
    }),
  };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function byId({ id }: { readonly id: string }): string {
  return id;
}

/** Says in words how one agreement differs from another, in the order of the agreement. */
class Comparison {
  readonly found: Difference[] = [];
  readonly #before: Agreement;
  readonly #after: Agreement;
  readonly #language: Language;

  constructor(before: Agreement, after: Agreement, language: Language) {
    this.#before = before;
    this.#after = after;
    this.#language = language;
  }

  add(code: string, params: MessageValues, owner: string | null = null, counts = false): void {
    this.found.push({ code: `difference.${code}`, params, owner, counts });
  }

  label(each: { readonly id: string; readonly label: Label }): string {
    return labelIn(each.id, each.label, this.#language);
  }

  area(id: string): string {
    const area = [...this.#after.areas, ...this.#before.areas].find((each) => each.id === id);
    return labelIn(id, area?.label ?? {}, this.#language);
  }

  words(rule: Rule, of: Agreement): string {
    return ruleInWords(rule, this.#language, ruleLabels(of, this.#language));
  }

  general(): void {
    for (const key of ['name', 'timezone', 'currency', 'weekStarts'] as const) {
      const [was, is] = [this.#before[key], this.#after[key]];
      if (was !== is) this.add(key, { was, is }, null, key === 'timezone' || key === 'currency');
    }
    const areas = compare(this.#before.areas, this.#after.areas, byId);
    for (const area of areas.added) this.add('area_added', { area: this.label(area) });
    for (const area of areas.removed) this.add('area_removed', { area: this.label(area) });
    this.#order('areas', this.#before.areas, this.#after.areas, byId, (area) => this.label(area));
    const fields = compare(this.#before.fields, this.#after.fields, ({ name }) => name);
    const nameOf = ({ name, label }: { name: string; label: Label }): string =>
      labelIn(name, label, this.#language);
    for (const field of fields.added) this.add('field_added', { field: nameOf(field) });
    for (const field of fields.removed) this.add('field_removed', { field: nameOf(field) });
    this.#order('fields', this.#before.fields, this.#after.fields, ({ name }) => name, nameOf);
    for (const [was, is] of fields.kept) {
      const params = { field: nameOf(is), was: was.type, is: is.type };
      if (was.type !== is.type) this.add('field_type', params, null, true);
      else if (was.pii !== is.pii) this.add('field_personal', params);
      else if (!same(was.missing, is.missing)) this.add('field_missing', params, null, true);
    }
  }

  /** Told where those that both have stand in another order. */
  #order<T>(
    what: 'areas' | 'fields',
    before: readonly T[],
    after: readonly T[],
    idOf: (each: T) => string,
    nameOf: (each: T) => string,
  ): void {
    const of = (list: readonly T[], other: readonly T[]): readonly string[] => {
      const ids = new Set(other.map(idOf));
      return list.map(idOf).filter((id) => ids.has(id));
    };
    if (!same(of(before, after), of(after, before)))
      this.add(`${what}_order`, { order: after.map(nameOf).join(', ') });
  }

  stages(): void {
    const { added, removed, kept } = compare(this.#before.stages, this.#after.stages, byId);
    for (const stage of added)
      this.add('stage_added', { stage: this.label(stage), area: this.area(stage.owner) }, stage.owner, true);
    for (const stage of removed) this.add('stage_removed', { stage: this.label(stage) }, stage.owner, true);
    const order = (stages: readonly Stage[]): readonly string[] =>
      stages.map(byId).filter((id) => kept.some(([, stage]) => stage.id === id));
    if (!same(order(this.#before.stages), order(this.#after.stages))) {
      const now = this.#after.stages.map((stage) => this.label(stage)).join(' → ');
      this.add('stages_order', { order: now }, null, true);
    }
    for (const [was, is] of kept) this.#stage(was, is);
  }

  #stage(was: Stage, is: Stage): void {
    const stage = this.label(is);
    if (this.label(was) !== stage) this.add('stage_renamed', { was: this.label(was), is: stage }, is.owner);
    if (was.owner !== is.owner)
      this.add('stage_owner', { stage, was: this.area(was.owner), is: this.area(is.owner) }, is.owner);
    if (was.kind !== 'reached' || is.kind !== 'reached') {
      if (!same([was.kind, 'from' in was && was.from], [is.kind, 'from' in is && is.from]))
        this.add('stage_source', { stage }, is.owner, true);
      return;
    }
    const criteria = compare(was.criteria, is.criteria, byId);
    const told = (criterion: Criterion, of: Agreement): MessageValues => ({
      stage,
      criterion: this.label(criterion),
      rule: this.words(criterion.rule, of),
    });
    for (const criterion of criteria.added)
      this.add('criterion_added', told(criterion, this.#after), is.owner, true);
    for (const criterion of criteria.removed)
      this.add('criterion_removed', told(criterion, this.#before), is.owner, true);
    for (const [old, now] of criteria.kept) {
      if (!same(old.rule.expression, now.rule.expression)) {
        const was = this.words(old.rule, this.#before);
        this.add('criterion_changed', { ...told(now, this.#after), was }, is.owner, true);
      } else if (this.label(old) !== this.label(now)) {
        this.add('criterion_renamed', { stage, was: this.label(old), is: this.label(now) }, is.owner);
      }
    }
    if (was.within?.seconds !== is.within?.seconds)
      this.add(
        is.within === null ? 'window_removed' : was.within === null ? 'window_added' : 'window_changed',
        { stage, was: was.within?.text ?? '', is: is.within?.text ?? '' },
        is.owner,
        true,
      );
    if (was.requiresPrevious !== is.requiresPrevious)
      this.add(is.requiresPrevious ? 'requires_previous' : 'requires_none', { stage }, is.owner, true);
    if (!same(was.value?.where.expression, is.value?.where.expression))
      this.add('value_changed', { stage }, is.owner, true);
  }

  losses(): void {
    const { added, removed, kept } = compare(this.#before.lost, this.#after.lost, byId);
    const told = (lost: LostRule, of: Agreement): MessageValues => ({
      lost: this.label(lost),
      rule: this.words(lost.rule, of),
    });
    for (const lost of added) this.add('lost_added', told(lost, this.#after), null, true);
    for (const lost of removed) this.add('lost_removed', told(lost, this.#before), null, true);
    for (const [was, is] of kept) {
      if (!same(was.rule.expression, is.rule.expression)) {
        const params = { ...told(is, this.#after), was: this.words(was.rule, this.#before) };
        this.add('lost_changed', params, null, true);
      } else if (!same(was.reason, is.reason)) {
        this.add('lost_reason', { lost: this.label(is) });
      }
    }
  }

  targets(): void {
    const { added, removed, kept } = compare(this.#before.targets, this.#after.targets, byId);
    const told = (target: Target): MessageValues => ({
      target: this.label(target),
      metric: metricText(target.metric),
      bound: target.bound,
      goal: target.goal,
      share: target.metric.kind === 'share' ? 'yes' : 'no',
      per: target.per,
      area: this.area(target.owner),
    });
    for (const target of added) this.add('target_added', told(target), target.owner);
    for (const target of removed) this.add('target_removed', told(target), target.owner);
    for (const [was, is] of kept) {
      if (was.owner !== is.owner)
        this.add('target_owner', { ...told(is), was: this.area(was.owner) }, is.owner);
      if (was.goal !== is.goal) this.add('target_goal', { ...told(is), was: was.goal }, is.owner);
      const rest = ({ metric, bound, per, where }: Target): unknown => [
        metric,
        bound,
        per,
        where?.expression,
      ];
      if (!same(rest(was), rest(is))) this.add('target_changed', told(is), is.owner);
    }
  }

  handoffs(): void {
    const { added, removed, kept } = compare(this.#before.handoffs, this.#after.handoffs, byId);
    const told = (handoff: Handoff, of: Agreement): MessageValues => ({
      handoff: this.label(handoff),
      rule: this.words(handoff.to, of),
      is: handoff.within.text,
      area: this.area(handoff.owner),
    });
    for (const handoff of added) this.add('handoff_added', told(handoff, this.#after), handoff.owner);
    for (const handoff of removed) this.add('handoff_removed', told(handoff, this.#before), handoff.owner);
    for (const [was, is] of kept) {
      if (was.within.seconds !== is.within.seconds)
        this.add('handoff_within', { ...told(is, this.#after), was: was.within.text }, is.owner);
      if (was.from !== is.from || !same(was.to.expression, is.to.expression))
        this.add('handoff_rule', told(is, this.#after), is.owner);
      if (!same([was.hours, was.holidays], [is.hours, is.holidays]))
        this.add('handoff_hours', { handoff: this.label(is) }, is.owner);
      if (was.owner !== is.owner)
        this.add('handoff_owner', { ...told(is, this.#after), was: this.area(was.owner) }, is.owner);
    }
  }

  rest(): void {
    const { added, removed, kept } = compare(this.#before.dimensions, this.#after.dimensions, byId);
    const name = (each: Agreement['dimensions'][number], of: Agreement): string =>
      dimensionLabel(of, each, this.#language);
    for (const each of added) this.add('dimension_added', { dimension: name(each, this.#after) });
    for (const each of removed) this.add('dimension_removed', { dimension: name(each, this.#before) });
    for (const [was, is] of kept)
      if (!same(was, is)) this.add('dimension_changed', { dimension: name(is, this.#after) });
    if (!same(this.#before.identity, this.#after.identity))
      this.add('identity', { is: this.#after.identity.join(', ') }, null, true);
    if (!same(this.#before.rates, this.#after.rates)) this.add('rates', {}, null, true);
  }
}

/** How one agreement differs from another, in the order of the agreement; rules are told in the language. */
export function differences(before: Agreement, after: Agreement, language: Language): readonly Difference[] {
  const comparison = new Comparison(before, after, language);
  comparison.general();
  comparison.stages();
  comparison.losses();
  comparison.targets();
  comparison.handoffs();
  comparison.rest();
  return comparison.found;
}
