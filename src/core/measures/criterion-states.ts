import type { Agreement, Criterion, ReachedStage } from '../agreement/agreement.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { hasSameCriteria } from '../agreement/rulebook.ts';
import type { Judgement } from '../agreement/rulebook.ts';
import { InvariantError } from '../diagnostic/errors.ts';
import { fieldValue, plainFields, reachedAt } from '../facts/columns.ts';
import { criterionColumn } from '../facts/tables.ts';
import { neededFields } from '../rule/walk.ts';
import { all, any, identifier, join, raw, sql, tail } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';

/** The three answers to a criterion. */
export const RESULTS = ['pass', 'fail', 'unknown'] as const;
export type CriterionResult = (typeof RESULTS)[number];

/**
 * Why a criterion cannot be told: a field without a value; one of some personal fields (which of them is not
 * kept beside the facts); a datum of an activity; or a calculation of the rule that gives nothing.
 */
export interface Datum {
  /** The field's name, personal ones joined by `+`, `@activity` or `@rule`. */
  readonly key: string;
  readonly kind: 'field' | 'personal' | 'activity' | 'rule';
  readonly fields: readonly string[];
}

/** The last stage that leads reach. */
export function saleStage(agreement: Agreement): ReachedStage {
  const last = reachedStages(agreement).at(-1);
  if (last === undefined) throw new InvariantError('an agreement without a stage that leads reach');
  return last;
}

/** The stage whose leads are asked the criteria of a stage; `null` where every lead is. */
export function stageAsked(agreement: Agreement, stage: ReachedStage): ReachedStage | null {
  const stages = reachedStages(agreement);
  return stage.requiresPrevious ? (stages[stages.indexOf(stage) - 1] ?? null) : null;
}

/**
 * Whether a lead may fulfil the sale's criteria without a sale that counts: where a stage must come before it,
 * or it has a window.
 */
export function mayBeUncounted(agreement: Agreement): boolean {
  const sale = saleStage(agreement);
  return sale.criteria.length > 0 && (stageAsked(agreement, sale) !== null || sale.within !== null);
}

/** The plain fields that a criterion needs, and what is missing where it cannot be told and they are there. */
export function dataOf(
  agreement: Agreement,
  criterion: Criterion,
): { readonly plain: readonly string[]; readonly rest: Datum } {
  const { expression, readsActivities } = criterion.rule;
  const needed = neededFields(expression);
  const known = new Set(plainFields(agreement).map((field) => field.name));
  const personal = needed.filter((name) => !known.has(name));
  const kind = personal.length > 0 ? 'personal' : readsActivities ? 'activity' : 'rule';
  return {
    plain: needed.filter((name) => known.has(name)),
    rest: { kind, key: kind === 'personal' ? personal.join('+') : `@${kind}`, fields: personal },
  };
}

/** What may be missing at a stage, each datum once. */
export function dataOfStage(agreement: Agreement, stage: ReachedStage): readonly Datum[] {
  const data = new Map<string, Datum>();
  for (const criterion of stage.criteria) {
    const { plain, rest } = dataOf(agreement, criterion);
    for (const name of plain) data.set(name, { key: name, kind: 'field', fields: [name] });
    data.set(rest.key, rest);
  }
  return [...data.values()];
}

/** Where the state of a lead is read from: each a truth value, of which only `holds` may be NULL. */
interface Reader {
  readonly reached: (stage: ReachedStage) => Fragment;
  readonly holds: (stage: ReachedStage, criterion: Criterion) => Fragment;
  readonly lacks: (field: string) => Fragment;
}

/** Over the columns of the facts: a row a lead. */
const ofFacts: Reader = {
  reached: (stage) => sql`(${reachedAt(stage)} is not null)`,
  holds: (stage, criterion) => identifier(criterionColumn(stage.id, criterion.id)),
  lacks: (field) => sql`(${fieldValue(field)} is null)`,
};

const ofStates: Reader = {
  reached: (stage) => identifier(`reached_${stage.id}`),
  holds: ofFacts.holds,
  lacks: (field) => identifier(`lacks_${field}`),
};

const VERSION: Fragment = identifier('agreement_version');

/**
 * The leads of a relation counted by all that their criteria depend on: a row for each different state, with
 * `leads`. So many conditions are counted over a few hundred rows instead of over each lead.
 */
export function leadStates(agreement: Agreement, relation: Fragment, condition: Fragment): Fragment {
  const stages = reachedStages(agreement);
  const criteria = stages.flatMap((stage) => stage.criteria.map((criterion) => ({ stage, criterion })));
  const fields = new Set(criteria.flatMap(({ criterion }) => dataOf(agreement, criterion).plain));
  const columns = [
    VERSION,
    ...criteria.map(({ stage, criterion }) => ofFacts.holds(stage, criterion)),
    ...stages.map((stage) => sql`${ofFacts.reached(stage)} as ${ofStates.reached(stage)}`),
    ...[...fields].map((field) => sql`${ofFacts.lacks(field)} as ${ofStates.lacks(field)}`),
  ];
  const names = [
    VERSION,
    ...criteria.map(({ stage, criterion }) => ofStates.holds(stage, criterion)),
    ...stages.map((stage) => ofStates.reached(stage)),
    ...[...fields].map((field) => ofStates.lacks(field)),
  ];
  return sql`(select count(*) as leads${tail(names)}
    from (select ${join(columns)} from ${relation} where ${condition})
    group by ${join(names)})`;
}

/** Which leads a number of a criterion counts, as conditions over the facts or over the states. */
export class CriterionConditions {
  readonly #agreement: Agreement;
  readonly #judgements: readonly Judgement[];
  readonly #read: Reader;

  constructor(agreement: Agreement, judgements: readonly Judgement[], over: 'facts' | 'states') {
    this.#agreement = agreement;
    this.#judgements = judgements;
    this.#read = over === 'facts' ? ofFacts : ofStates;
  }

  reached(stage: ReachedStage): Fragment {
    return this.#read.reached(stage);
  }

  /**
   * The criteria of a stage are asked of the leads of the stage before; of all, where it requires none. Leads
   * that an earlier version judged by others tell nothing of these.
   */
  asked(stage: ReachedStage): Fragment {
    const before = stageAsked(this.#agreement, stage);
    const same = this.#judgements.filter((judgement) => hasSameCriteria(stage, judgement));
    const own =
      same.length === this.#judgements.length
        ? []
        : [any(same.map(({ version }) => sql`${VERSION} = ${raw(String(version))}`))];
    return all([...(before === null ? [] : [this.#read.reached(before)]), ...own]);
  }

  /** A lead that reached the stage passed all its criteria then: it counts as passing whatever came after. */
  result(stage: ReachedStage, criterion: Criterion, result: CriterionResult): Fragment {
    const holds = this.#read.holds(stage, criterion);
    switch (result) {
      case 'pass':
        return all([this.asked(stage), any([this.reached(stage), isTrue(holds)])]);
      case 'fail':
        return all([...this.#waiting(stage), sql`coalesce(not ${holds}, false)`]);
      case 'unknown':
        return all([...this.#waiting(stage), sql`${holds} is null`]);
    }
  }

  /** Sold, whether or not the agreement counts it: the sale was reached, or all its criteria hold. */
  sold(): Fragment {
    const sale = saleStage(this.#agreement);
    return mayBeUncounted(this.#agreement)
      ? any([
          this.reached(sale),
          all(sale.criteria.map((criterion) => isTrue(this.#read.holds(sale, criterion)))),
        ])
      : this.reached(sale);
  }

  /** Sold, and not counted as a sale. */
  uncounted(): Fragment {
    return all([sql`not ${this.reached(saleStage(this.#agreement))}`, this.sold()]);
  }

  /** Leads of which a criterion of the stage cannot be told: for want of a datum, or of any. */
  missing(stage: ReachedStage, datum: Datum | null): Fragment {
    return all([
      ...this.#waiting(stage),
      any(
        stage.criteria.map((criterion) =>
          datum === null
            ? sql`${this.#read.holds(stage, criterion)} is null`
            : this.#wants(stage, criterion, datum, 'also'),
        ),
      ),
    ]);
  }

  /** Of these, the leads that nothing else keeps from the stage: every other criterion holds. */
  alone(stage: ReachedStage, datum: Datum | null): Fragment {
    return all([
      this.missing(stage, datum),
      ...stage.criteria.map((criterion) => {
        const holds = this.#read.holds(stage, criterion);
        return any([
          isTrue(holds),
          datum === null ? sql`${holds} is null` : this.#wants(stage, criterion, datum, 'only'),
        ]);
      }),
    ]);
  }

  /** Leads to learn from: what needs the datum can be told of them, and every other criterion holds. */
  comparable(stage: ReachedStage, datum: Datum): Fragment {
    const criteria = stage.criteria.map((criterion) => {
      const holds = this.#read.holds(stage, criterion);
      return this.#needs(criterion, datum) ? sql`${holds} is not null` : isTrue(holds);
    });
    return all([this.asked(stage), any([this.reached(stage), all(criteria)])]);
  }

  #waiting(stage: ReachedStage): readonly Fragment[] {
    return [this.asked(stage), sql`not ${this.reached(stage)}`];
  }

  #needs(criterion: Criterion, datum: Datum): boolean {
    const { plain, rest } = dataOf(this.#agreement, criterion);
    return rest.key === datum.key || plain.includes(datum.key);
  }

  /** The criterion cannot be told and the datum is missing, among others or as the only one. */
  #wants(stage: ReachedStage, criterion: Criterion, datum: Datum, how: 'also' | 'only'): Fragment {
    if (!this.#needs(criterion, datum)) return raw('false');
    const { plain } = dataOf(this.#agreement, criterion);
    const present = plain
      .filter((name) => name !== datum.key && (how === 'only' || datum.kind !== 'field'))
      .map((name) => sql`not ${this.#read.lacks(name)}`);
    const own = datum.kind === 'field' ? [this.#read.lacks(datum.key)] : [];
    return all([sql`${this.#read.holds(stage, criterion)} is null`, ...own, ...present]);
  }
}

function isTrue(value: Fragment): Fragment {
  return sql`coalesce(${value}, false)`;
}
