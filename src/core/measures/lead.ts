import type { Agreement, Criterion } from '../agreement/agreement.ts';
import type { Judgement } from '../agreement/rulebook.ts';
import { reachedStages } from '../agreement/agreement.ts';
import { fault } from '../diagnostic/diagnostic.ts';
import { InvariantError } from '../diagnostic/errors.ts';
import { failure, success } from '../diagnostic/result.ts';
import { microsecondsOf } from '../facts/derive.ts';
import {
  activitiesOfLead,
  criterionOnsets,
  identitiesOfLead,
  idsOfLead,
  leadOfId,
  momentsOfLead,
  onsetColumn,
} from '../facts/explanation.ts';
import { MacroIndex } from '../facts/nodes.ts';
import { ANY_TIME, asOfInstant, standing } from '../facts/sources.ts';
import type { Scope } from '../facts/sources.ts';
import { criterionColumn, fieldColumn, stageColumns } from '../facts/tables.ts';
import { RUNGS } from '../identity/rungs.ts';
import { neededFields } from '../rule/walk.ts';
import { identifier, sql, tail } from '../sql/sql.ts';
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
    const id = leadOfId(question.id, scope);
    const now = asOfInstant(scope);
    const known = (
      table: string,
    ): Fragment => sql`lead_id in (${idsOfLead(question.id, scope)}) and ${standing(scope, table)}
      and (effective_at is null or effective_at <= ${now})`;
    // A lead's own word comes first, as in its facts.
    const inOrder = sql`order by effective_at nulls first, lead_id <> ${id}, lead_id, recorded_at, entry, part`;
    const onsets = criterionOnsets(context.agreement, indexOf(context), context.dialect);
    return success({
      facts: sql`select *${tail(onsets)} from ${identifier(context.tables.facts)} where lead_id = ${id}`,
      activities: activitiesOfLead(question.id, scope),
      contact: sql`select * from lead_contact where ${known('lead_contact')} ${inOrder}`,
      extra: sql`select extra from lead_version where ${known('lead_version')} and extra is not null ${inOrder}`,
      identities: identitiesOfLead(question.id, scope),
    });
  },
  // Most leads have one state, and the facts tell the rest; only of the others each moment is made out.
  more(rows, question, context): Readonly<Record<string, Fragment>> {
    const facts = rows['facts']?.[0];
    if (facts === undefined || isTold(facts, context)) return {};
    const { agreement } = judgementOf(facts, context);
    return { moments: momentsOfLead(question.id, agreement, scopeOf(context)) };
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
      timeline: timelineOf(agreement, facts, moments, rows['activities'] ?? [], contact),
      stages: stagesOf(agreement, facts, history, context),
      status: statusOf(facts['status']),
      at_stage: textOrNull(facts['at_stage']),
      lost_reason: textOrNull(facts['lost_reason']),
      agreement_version: judgement.version,
      value: typeof value === 'number' ? value : null,
    });
  },
};

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
