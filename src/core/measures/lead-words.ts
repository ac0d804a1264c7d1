import type { NumberFormat } from '../diagnostic/numbers.ts';
import type { Language, Translate } from '../diagnostic/wording.ts';
import type { LeadAnswer } from './answer.ts';

type StageOfLead = LeadAnswer['stages'][number];
type Entry = LeadAnswer['timeline'][number];

/** How the reader calls things, and writes numbers and instants. */
export interface LeadNames {
  readonly language: Language;
  readonly timezone: string;
  readonly translate: Translate;
  readonly format: NumberFormat;
  stage(id: string): string;
  area(id: string): string;
  field(name: string): string;
  criterion(stage: string, id: string): string;
  /** The label of a rule of losing. */
  loss(rule: string): string;
}

/** One sentence of a story, with the area that it is about; `null` where it is about none. */
export interface StorySentence {
  readonly owner: string | null;
  readonly text: string;
}

/** An instant as a story tells it: without the year where it is that of the telling. */
function momentText(iso: string, asOf: string, { language, timezone, translate }: LeadNames): string {
  const locale = language === 'es' ? 'es-ES' : 'en-US';
  const part = (instant: string, options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(locale, { timeZone: timezone, ...options }).format(new Date(instant));
  const sameYear = part(iso, { year: 'numeric' }) === part(asOf, { year: 'numeric' });
  return translate('story.moment', {
    day: part(iso, { day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) }),
    time: part(iso, { hour: 'numeric', minute: '2-digit' }),
  });
}

/** An activity in a few words: `Call, interested`. */
export function activityText(
  { type, outcome }: Extract<Entry, { kind: 'activity' }>,
  translate: Translate,
): string {
  const word = (key: string, plain: string): string => {
    const known = translate(key);
    return known === key ? plain : known;
  };
  return [word(`activity.${type}`, type), outcome === null ? '' : word(`outcome.${outcome}`, outcome)]
    .filter((text) => text !== '')
    .join(', ');
}

/**
 * What happened to a lead, told in order: when it reached each stage, why it went no further and who owed the
 * datum that is missing, and how it ended or where it waits.
 */
export function leadStory(answer: LeadAnswer, names: LeadNames): readonly StorySentence[] {
  const { translate, format } = names;
  const told: StorySentence[] = [];
  const moment = (iso: string): string => momentText(iso, answer.as_of, names);
  let before = answer.created_at;
  let isStopped = false;
  for (const stage of answer.stages) {
    if (stage.reached_at !== null) {
      const seconds = (Date.parse(stage.reached_at) - Date.parse(before)) / 1000;
      told.push({
        owner: stage.owner,
        text: translate('story.reached', {
          stage: names.stage(stage.id),
          at: moment(stage.reached_at),
          after: seconds < 60 ? 'none' : format.duration(seconds),
        }),
      });
      before = stage.reached_at;
    } else if (!isStopped) {
      // Only the first stage that is not reached keeps it: the others wait for that one.
      isStopped = true;
      told.push({ owner: stage.owner, text: whyNot(stage, answer, names, moment) });
    }
  }
  const last = answer.timeline.findLast((entry) => entry.kind === 'activity');
  if (last !== undefined) {
    told.push({
      owner: null,
      text: translate('story.last_activity', {
        activity: activityText(last, translate),
        seller: last.seller ?? 'nobody',
        at: moment(last.at),
      }),
    });
  }
  told.push({ owner: null, text: ending(answer, names, moment) });
  return told;
}

function whyNot(
  stage: StageOfLead,
  answer: LeadAnswer,
  names: LeadNames,
  moment: (iso: string) => string,
): string {
  const { translate } = names;
  const name = names.stage(stage.id);
  const reasons = stage.criteria.flatMap((criterion): string[] => {
    if (criterion.value === 'true') return [];
    const label = names.criterion(stage.id, criterion.id);
    if (criterion.value === 'false') return [translate('story.fails', { criterion: label })];
    if (criterion.missing.length === 0) return [translate('story.unknown', { criterion: label })];
    return [
      translate('story.missing', {
        fields: new Intl.ListFormat(names.language, { type: 'conjunction' }).format(
          criterion.missing.map((field) => names.field(field)),
        ),
        n: criterion.missing.length,
        area: names.area(stage.owner),
      }),
    ];
  });
  const list =
    reasons.length === 0
      ? 'none'
      : new Intl.ListFormat(names.language, { type: 'conjunction' }).format(new Set(reasons));
  if (stage.skipped) return translate('story.skipped', { stage: name, reasons: list });
  if (stage.late) return translate('story.late', { stage: name });
  if (stage.pending_until !== null && answer.status === 'open')
    return translate('story.pending', { stage: name, reasons: list, until: moment(stage.pending_until) });
  return translate('story.not', { stage: name, reasons: list });
}

function ending(answer: LeadAnswer, names: LeadNames, moment: (iso: string) => string): string {
  const { translate, format } = names;
  const stage = answer.at_stage === null ? '' : names.stage(answer.at_stage);
  switch (answer.status) {
    case 'won':
      return answer.value === null
        ? translate('story.won')
        : translate('story.won_value', { value: format.money(answer.value) });
    case 'lost': {
      const loss = answer.timeline.findLast((entry) => entry.kind === 'lost');
      return translate('story.lost', {
        stage,
        at: loss === undefined ? '' : moment(loss.at),
        // A rule that names no reason is the reason.
        reason: answer.lost_reason ?? (loss === undefined ? '' : names.loss(loss.rule)),
      });
    }
    case 'open': {
      const since = answer.stages.findLast((each) => each.reached_at !== null)?.reached_at;
      return translate('story.open', {
        stage,
        span: format.duration((Date.parse(answer.as_of) - Date.parse(since ?? answer.created_at)) / 1000),
      });
    }
  }
}
