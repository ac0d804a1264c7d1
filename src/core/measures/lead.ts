import type { Agreement, Criterion } from '../agreement/agreement.ts';
import type { Judgement } from '../agreement/rulebook.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { fault } from '../diagnostic/diagnostic.ts';
import { InvariantError } from '../diagnostic/errors.ts';
import { failure, success } from '../diagnostic/result.ts';
import { microsecondsOf, STORED_TABLES } from '../facts/derive.ts';
import {
  criterionOnsets,
  identitiesOfLead,
  latestRecords,
  leadOfId,
  momentsOfLead,
  onsetColumn,
  recordsOfLead,
} from '../facts/explanation.ts';
import { MacroIndex } from '../facts/nodes.ts';
import { ANY_TIME } from '../facts/sources.ts';
import type { Scope } from '../facts/sources.ts';
import { criterionColumn, fieldColumn, stageColumns } from '../facts/tables.ts';
import { RUNGS } from '../identity/rungs.ts';
import { neededFields } from '../rule/walk.ts';
import { identifier, join, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { leadAnswer } from './answer.ts';
import type { LeadAnswer } from './answer.ts';
import { scalar, statusOf, textOrNull } from './leads.ts';
import type { Measure, MeasureContext, Row, RowValue } from './measure.ts';
import { leadQuestion } from './question.ts';
import type { LeadQuestion } from './question.ts';

type Entry = LeadAnswer['timeline'][number];
type StageOfLead = LeadAnswer['stages'][number];

/** One lead: what happened, and for each stage which criterion passed, failed or could not be told. */
export const lead: Measure<LeadQuestion, LeadAnswer> = {
  name: 'lead',
  question: leadQuestion,
  answer: leadAnswer,
  ask(question, context) {
    const scope = scopeOf(context);
    const onsets = criterionOnsets(context.agreement, indexOf(context), context.dialect);
    const facts = sql`select ${join([...factColumns(context.agreement), ...onsets])} from ${identifier(context.tables.facts)}
      where lead_id = ${leadOfId(question.id, scope)}`;
    // Where records may have come under other ids, what they are is asked first: to be sought by name.
    return success(
      scope.alias === undefined
        ? { facts, ...recordsOfLead([question.id], scope, isPast(context)) }
        : { facts, identities: identitiesOfLead(question.id, scope, scope.alias) },
    );
  },
  more(rows, _question, context): Readonly<Record<string, Fragment>> {
    const facts = rows['facts']?.[0];
    const id = textOrNull(facts?.['lead_id']);
    if (facts === undefined || id === null) return {};
    const scope = scopeOf(context);
    const ids = [id, ...guestIds(rows)] as const;
    const [first, ...others] = repeatedOf(rows['activities'] ?? []);
    return {
      ...(rows['activities'] === undefined ? recordsOfLead(ids, scope, isPast(context)) : {}),
      // Most leads have one state, and the facts tell the rest; only of the others each moment is made out.
      ...(isTold(facts, context)
        ? {}
        : { moments: momentsOfLead(ids, judgementOf(facts, context).agreement, scope, isPast(context)) }),
      ...(first === undefined ? {} : { repeated: latestRecords([first, ...others], scope) }),
    };
  },
  make(rows, question, context) {
    const facts = rows['facts']?.[0];
    if (facts === undefined) return failure(fault('question.unknown_lead', { id: question.id }));
    const judgement = judgementOf(facts, context);
    const { agreement } = judgement;
    const history = isTold(facts, context) ? historyOfFacts(facts) : historyOf(rows['moments'] ?? []);
    const { moments } = history;
    const contact = latestContact(agreement, rows['contact'] ?? [], facts['lead_id']);
    const last = moments.at(-1) ?? {};
    const attributes = Object.fromEntries(
      agreement.fields.map((field) => [
        field.name,
        field.pii === null ? scalar(last[fieldColumn(field.name)]) : (contact.get(field.name) ?? null),
      ]),
    );
    const value = facts['value'];
    return success({
      id: textOrNull(facts['lead_id']) ?? question.id,
      identities: identitiesOf(rows['identities'] ?? []),
      created_at: textOrNull(facts['created_at']) ?? '',
      as_of: context.asOf,
      attributes,
      extra: extraOf(rows['extra'] ?? []),
      timeline: timelineOf(agreement, facts, moments, activitiesOf(rows, facts), contact),
      stages: stagesOf(agreement, facts, history, context),
      status: statusOf(facts['status']),
      at_stage: textOrNull(facts['at_stage']),
      lost_reason: textOrNull(facts['lost_reason']),
      agreement_version: judgement.version,
      value: typeof value === 'number' ? value : null,
    });
  },
};

/** What is read of a lead's facts: they have twice as many columns, and each takes its time. */
function factColumns(agreement: Agreement): readonly Fragment[] {
  return [
    ...['lead_id', 'created_at', 'status', 'at_stage', 'lost_at', 'lost_rule', 'lost_reason'],
    ...['value', 'by_timeline', 'agreement_version'],
    ...agreement.fields.map(({ name }) => fieldColumn(name)),
    ...reachedStages(agreement).flatMap(({ id, criteria }) => {
      const { at, late, skip } = stageColumns(id);
      return [at, late, skip, ...criteria.map((criterion) => criterionColumn(id, criterion.id))];
    }),
  ].map((name) => identifier(name));
}

/** True where the facts are of an earlier instant than the stored ones, or under other versions. */
function isPast({ tables }: MeasureContext): boolean {
  return tables.facts !== STORED_TABLES.facts;
}

function scopeOf(context: MeasureContext): Scope {
  return {
    asOf: microsecondsOf(context.asOf),
    leads: 'changed',
    dialect: context.dialect,
    timezone: context.agreement.timezone,
    created: ANY_TIME,
    absent: context.absent,
    alias: context.tables.alias,
    campaigns: context.tables.campaigns,
  };
}

/** The index by which the facts name their matches. */
function indexOf({ judgements }: MeasureContext): MacroIndex {
  return new MacroIndex(...judgements.map(({ agreement }) => agreement));
}

/** True of a lead whose facts tell its only state, in the form of the version that judged it. */
function isTold(facts: Row, { version }: MeasureContext): boolean {
  return facts['by_timeline'] === false && facts['agreement_version'] === version;
}

/** A lead's states, the latest last, and since when it fulfilled each criterion. */
interface History {
  readonly moments: readonly Row[];
  readonly since: (stage: string, criterion: string) => string | null;
}

function historyOfFacts(facts: Row): History {
  return {
    moments: [{ ...facts, t: facts['created_at'] ?? null }],
    since: (stage, criterion) => textOrNull(facts[onsetColumn(stage, criterion)]),
  };
}

function historyOf(moments: readonly Row[]): History {
  return {
    moments,
    since(stage, criterion) {
      const column = criterionColumn(stage, criterion);
      return textOrNull(moments.find((moment) => moment[column] === true)?.['t']);
    },
  };
}

/** The version by which a lead was judged. */
function judgementOf(facts: Row, { judgements }: MeasureContext): Judgement {
  const found = judgements.find(({ version }) => version === facts['agreement_version']);
  if (found === undefined) throw new InvariantError('a lead that no version judged');
  return found;
}

function latestContact(
  agreement: Agreement,
  rows: readonly Row[],
  id: RowValue | undefined,
): ReadonlyMap<string, string | null> {
  const latest = new Map<string, string | null>();
  agreement.fields.forEach((field, position) => {
    if (field.pii === null) return;
    for (const row of rows) {
      const text = textOrNull(row[fieldColumn(field.name)]);
      // What another system leaves blank takes nothing from the lead.
      if (textOrNull(row['brings'])?.[position] === '1' && (text !== null || row['lead_id'] === id))
        latest.set(field.name, text);
    }
  });
  return latest;
}

/** The ids of other systems under which the lead's records came. */
function guestIds(rows: Readonly<Record<string, readonly Row[]>>): readonly string[] {
  return (rows['identities'] ?? []).flatMap((row) => textOrNull(row['source_id']) ?? []);
}

function repeatedOf(activities: readonly Row[]): readonly string[] {
  return [
    ...new Set(
      activities.flatMap((row) => {
        const id = textOrNull(row['activity_id']);
        return row['is_repeated'] === true && id !== null ? [id] : [];
      }),
    ),
  ];
}

/** The lead's activities as they stand, in order. */
function activitiesOf(rows: Readonly<Record<string, readonly Row[]>>, facts: Row): readonly Row[] {
  const ids = new Set<RowValue>([facts['lead_id'] ?? null, ...guestIds(rows)]);
  const repeated = (rows['repeated'] ?? []).filter((row) => ids.has(row['lead_id'] ?? null));
  const told = (rows['activities'] ?? []).filter((row) => row['is_repeated'] !== true);
  return [...told, ...repeated].toSorted(
    (left, right) =>
      compare(textOrNull(left['at']), textOrNull(right['at'])) ||
      compare(textOrNull(left['activity_id']), textOrNull(right['activity_id'])),
  );
}

function compare(left: string | null, right: string | null): number {
  return (left ?? '') < (right ?? '') ? -1 : left === right ? 0 : 1;
}

function identitiesOf(rows: readonly Row[]): LeadAnswer['identities'] {
  return rows.flatMap((row) => {
    const rung = RUNGS.find((each) => each === row['rung']);
    const id = textOrNull(row['source_id']);
    const since = textOrNull(row['recorded_at']);
    return rung === undefined || id === null || since === null
      ? []
      : [{ id, rung, since, source: textOrNull(row['source']) }];
  });
}

function extraOf(rows: readonly Row[]): Record<string, unknown> {
  const extra: Record<string, unknown> = {};
  for (const row of rows) {
    const parsed: unknown = JSON.parse(textOrNull(row['extra']) ?? '{}');
    if (typeof parsed === 'object' && parsed !== null) Object.assign(extra, parsed);
  }
  return extra;
}

const RANK: Readonly<Record<Entry['kind'], number>> = { version: 0, activity: 1, stage: 2, lost: 3 };

function timelineOf(
  agreement: Agreement,
  facts: Row,
  moments: readonly Row[],
  activities: readonly Row[],
  contact: ReadonlyMap<string, string | null>,
): Entry[] {
  const entries: Entry[] = [
    ...versionEntries(agreement, moments, contact),
    ...activities.map((row): Entry => {
      const amount = row['amount'];
      return {
        at: textOrNull(row['at']) ?? '',
        kind: 'activity',
        id: textOrNull(row['activity_id']) ?? '',
        type: textOrNull(row['type']) ?? '',
        outcome: textOrNull(row['outcome']),
        seller: textOrNull(row['seller']),
        amount: typeof amount === 'number' ? amount : null,
        reason: textOrNull(row['reason']),
      };
    }),
    ...reachedStages(agreement).flatMap((stage): Entry[] => {
      const at = textOrNull(facts[stageColumns(stage.id).at]);
      return at === null ? [] : [{ at, kind: 'stage', stage: stage.id, owner: stage.owner }];
    }),
  ];
  const lostAt = textOrNull(facts['lost_at']);
  if (lostAt !== null) {
    entries.push({
      at: lostAt,
      kind: 'lost',
      rule: textOrNull(facts['lost_rule']) ?? '',
      reason: textOrNull(facts['lost_reason']),
    });
  }
  return entries.toSorted(
    (left, right) => left.at.localeCompare(right.at) || RANK[left.kind] - RANK[right.kind],
  );
}

/** What became known of a lead, moment by moment. */
function versionEntries(
  agreement: Agreement,
  moments: readonly Row[],
  contact: ReadonlyMap<string, string | null>,
): readonly Entry[] {
  return moments.flatMap((moment, position): Entry[] => {
    const before = moments[position - 1] ?? {};
    const changes: Record<string, { from: ReturnType<typeof scalar>; to: ReturnType<typeof scalar> }> = {};
    for (const field of agreement.fields) {
      const column = fieldColumn(field.name);
      const shown = (row: Row): ReturnType<typeof scalar> =>
        field.pii === null
          ? scalar(row[column])
          : row[column] === true
            ? (contact.get(field.name) ?? null)
            : null;
      if (scalar(before[column]) !== scalar(moment[column])) {
        changes[field.name] = { from: shown(before), to: shown(moment) };
      }
    }
    return Object.keys(changes).length === 0
      ? []
      : [{ at: textOrNull(moment['t']) ?? '', kind: 'version', changes }];
  });
}

function stagesOf(
  agreement: Agreement,
  facts: Row,
  history: History,
  context: MeasureContext,
): StageOfLead[] {
  return reachedStages(agreement).map((stage, position, all): StageOfLead => {
    const columns = stageColumns(stage.id);
    const previous = all[position - 1];
    const previousAt = previous === undefined ? null : textOrNull(facts[stageColumns(previous.id).at]);
    const reachedAt = textOrNull(facts[columns.at]);
    const end =
      reachedAt === null && previousAt !== null && stage.within !== null
        ? new Date(Date.parse(previousAt) + stage.within.seconds * 1000).toISOString()
        : null;
    return {
      id: stage.id,
      owner: stage.owner,
      reached_at: reachedAt,
      late: textOrNull(facts[columns.late]) !== null,
      skipped: textOrNull(facts[columns.skip]) !== null,
      pending_until: end !== null && end >= context.asOf ? end : null,
      criteria: stage.criteria.map((criterion) => explain(stage.id, criterion, history)),
    };
  });
}

function explain(
  stage: string,
  criterion: Criterion,
  { moments, since }: History,
): StageOfLead['criteria'][number] {
  const column = criterionColumn(stage, criterion.id);
  const last = moments.at(-1) ?? {};
  const value = last[column];
  const missing = neededFields(criterion.rule.expression).filter(
    (name) => scalar(last[fieldColumn(name)]) === null,
  );
  return {
    id: criterion.id,
    value: value === true ? 'true' : value === false ? 'false' : 'unknown',
    since: since(stage, criterion.id),
    missing: value === true || value === false ? [] : missing,
  };
}
