import type { NumberFormat } from '../diagnostic/numbers.ts';
import type { Translate } from '../diagnostic/wording.ts';
import type { WhatifAnswer, WhatifLead } from './whatif-answer.ts';

/** What the sentences need besides the answer. */
export interface WhatifNames {
  readonly translate: Translate;
  readonly format: NumberFormat;
  stage(id: string): string;
  area(id: string): string;
  criterion(stage: string, criterion: string): string;
}

/** The finding first: how many leads change, and what each area gains and loses at its last stage. */
export function whatifFindings(answer: WhatifAnswer, names: WhatifNames): readonly string[] {
  const { translate, format } = names;
  if (answer.changed === 0) return [translate('whatif.nothing', { leads: format.count(answer.leads) })];
  const share = answer.leads === 0 ? null : answer.changed / answer.leads;
  return [
    translate('whatif.changed', {
      count: answer.changed,
      changed: format.count(answer.changed),
      leads: format.count(answer.leads),
      share: format.percent(share),
    }),
    ...answer.owners.map(({ owner, stage, gained, lost }) =>
      translate('whatif.owner', {
        area: names.area(owner),
        stage: names.stage(stage),
        kind: gained > 0 && lost > 0 ? 'both' : gained > 0 ? 'gains' : lost > 0 ? 'loses' : 'same',
        gained: format.count(gained),
        lost: format.count(lost),
      }),
    ),
  ];
}

/** Why a lead stands elsewhere: what the reading in which it stands less far asks and it does not have. */
export function causeText({ causes, direction }: WhatifLead, names: WhatifNames): string {
  return causes
    .map(({ kind, stage, criterion, value }) =>
      names.translate(`whatif.cause_${kind}`, {
        stage: stage === null ? '' : names.stage(stage),
        criterion: stage === null || criterion === null ? '' : names.criterion(stage, criterion),
        value: value ?? 'false',
        side: direction === 'gained' ? 'today' : 'draft',
      }),
    )
    .join('; ');
}

/** Where a lead stands: `Qualified lead, lost`. */
export function standingText({ stage, status }: WhatifLead['today'], names: WhatifNames): string {
  return names.translate('whatif.standing', {
    stage: stage === null ? 'none' : names.stage(stage),
    status,
  });
}
