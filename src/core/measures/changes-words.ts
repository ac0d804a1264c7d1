import type { NumberFormat } from '../diagnostic/numbers.ts';
import type { Translate } from '../diagnostic/wording.ts';
import type { ChangePart, ChangesAnswer, SplitChange } from './changes-answer.ts';

/** How the reader calls things, and writes numbers. */
export interface ChangeNames {
  readonly translate: Translate;
  readonly format: NumberFormat;
  stage(id: string): string;
  area(id: string): string;
  dimension(id: string): string;
}

/** What a part is of, in a few words: `Leads`, `Leads → Profiled`, `mean amount of Sale`. */
export function partName(part: Pick<ChangePart, 'kind' | 'stage' | 'of'>, names: ChangeNames): string {
  switch (part.kind) {
    case 'count':
      return names.stage(part.stage);
    case 'step':
      return `${names.stage(part.of ?? '')} → ${names.stage(part.stage)}`;
    case 'ticket':
      return names.translate('changes.ticket', { stage: names.stage(part.stage) });
  }
}

/** A factor as the reader writes it: a count, a rate or money. */
export function factorText(kind: ChangePart['kind'], value: number | null, { format }: ChangeNames): string {
  switch (kind) {
    case 'count':
      return format.count(value);
    case 'step':
      return format.percent(value);
    case 'ticket':
      return format.money(value);
  }
}

/** A part of what is split, with its sign. */
export function partText(value: number, isMoney: boolean, { format }: ChangeNames): string {
  if (!isMoney) return format.signedTenths(value);
  return isNothing(value, true) ? format.money(0) : `${value > 0 ? '+' : ''}${format.money(value)}`;
}

/** Nothing once it is written: parts that outweigh each other leave what rounding leaves. */
function isNothing(value: number, isMoney: boolean): boolean {
  return Math.abs(value) < (isMoney ? 0.005 : 0.05);
}

type Direction = 'more' | 'less' | 'same';

function direction(value: number): Direction {
  return value > 0 ? 'more' : value < 0 ? 'less' : 'same';
}

function partDirection(value: number, isMoney: boolean): Direction {
  return isNothing(value, isMoney) ? 'same' : direction(value);
}

/** What happened, whose it is, and which step weighs most; the finding first. */
export function changeSentences(split: SplitChange, isMoney: boolean, names: ChangeNames): readonly string[] {
  const { translate, format } = names;
  const whole = (value: number): string => (isMoney ? format.money(value) : format.count(value));
  const lines = [
    translate(isMoney ? 'changes.money' : 'changes.count', {
      stage: names.stage(split.stage),
      direction: direction(split.change),
      before: whole(split.before),
      after: whole(split.after),
      difference: whole(Math.abs(split.change)),
    }),
  ];
  const owners = split.by_owner.map(({ owner, part }) =>
    translate('changes.owner', {
      area: names.area(owner),
      direction: partDirection(part, isMoney),
      amount: sizeText(part, isMoney, names),
    }),
  );
  if (owners.length > 1) lines.push(`${owners.join('; ')}.`);
  const most = mostSentence(split, isMoney, names);
  return most === null ? lines : [...lines, most];
}

/** Which step weighs most in the change, whose it is and what it moved; `null` where none moved anything. */
export function mostSentence(split: SplitChange, isMoney: boolean, names: ChangeNames): string | null {
  const most = split.parts.toSorted((left, right) => Math.abs(right.part) - Math.abs(left.part))[0];
  if (most === undefined || isNothing(most.part, isMoney)) return null;
  return names.translate(`changes.most.${most.kind}`, {
    told: most.before === null ? 'now' : most.after === null ? 'before' : 'both',
    stage: names.stage(most.stage),
    of: names.stage(most.of ?? most.stage),
    area: names.area(most.owner),
    before: factorText(most.kind, most.before, names),
    after: factorText(most.kind, most.after, names),
    direction: direction(most.part),
    amount: sizeText(most.part, isMoney, names),
  });
}

/** How much a part is, whichever way it goes. */
function sizeText(value: number, isMoney: boolean, { format }: ChangeNames): string {
  return isMoney ? format.money(Math.abs(value)) : format.tenths(Math.abs(value));
}

/** What must be said beside it: reversals, and a period that has not ended. */
export function changeNotes(answer: ChangesAnswer, names: ChangeNames): readonly string[] {
  const { translate } = names;
  const reversals = answer.steps
    .filter((step) => step.reverses)
    .map((step) =>
      translate('changes.reversal', {
        dimension: names.dimension(step.dimension),
        of: names.stage(step.of),
        stage: names.stage(step.stage),
        direction: direction(step.after - step.before),
      }),
    );
  return [...reversals, ...(answer.complete ? [] : [translate('changes.incomplete')])];
}
