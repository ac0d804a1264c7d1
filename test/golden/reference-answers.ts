import { z } from 'zod';
import { countCrossed, countFunnel, countGroups, countTrend } from '../reference/counts.ts';
import { countTargets } from '../reference/targets.ts';
import type { FunnelCount } from '../reference/counts.ts';
import { countHandoff } from '../reference/handoffs.ts';
import type { LeadFacts } from '../reference/lead-facts.ts';
import type { Records, Setting } from '../reference/records.ts';
import type { Question } from './scenario.ts';

const members = z.object({
  from: z.string().optional(),
  to: z.string().optional(),
  mode: z.enum(['cohort', 'period']).optional(),
  where: z.string().optional(),
  filter: z.array(z.string()).optional(),
  handoff: z.string().optional(),
  dimension: z.string().default(''),
  second: z.string().optional(),
  stages: z.array(z.string()).default([]),
  top: z.number().optional(),
  every: z.enum(['day', 'week', 'month']).default('day'),
});

/** What the reference says to a question, as far as it has an opinion; `null` where it has none. */
export function referenceAnswer(
  setting: Setting,
  facts: readonly LeadFacts[],
  records: Records,
  { measure, members: given }: Question,
): unknown {
  const asked = members.parse(given);
  const { dimension, second, stages, every, ...counting } = asked;
  switch (measure) {
    case 'funnel':
      return countFunnel(setting, facts, records.ads, counting);
    case 'breakdown': {
      // Groups of measured stages, and those folded into others, are left to the other judges.
      if (asked.top !== undefined || setting.agreement.stages.some((stage) => stage.kind === 'measured'))
        return null;
      const last = stages[1] ?? setting.agreement.stages.at(-1)?.id ?? '';
      const groups = countGroups(setting, facts, dimension, last, counting);
      const named = [...groups].map(([name, group]) => [name, { counts: counts(group) }] as const);
      const groupsNamed = { groups: Object.fromEntries(named) };
      if (second === undefined) return groupsNamed;
      const panels = countCrossed(setting, facts, [dimension, second], last, counting);
      return {
        ...groupsNamed,
        panels: Object.fromEntries(
          [...panels].map(([panel, cells]) => [
            panel,
            {
              groups: Object.fromEntries([...cells].map(([name, cell]) => [name, { counts: counts(cell) }])),
            },
          ]),
        ),
      };
    }
    case 'trend': {
      const { from = '', to = '' } = counting;
      // What ads measured of some of the leads is left to the other judges.
      const someOfAds =
        (counting.filter ?? []).length > 0 &&
        setting.agreement.stages.some((stage) => stage.kind === 'measured');
      if (someOfAds) return null;
      const points = countTrend(setting, facts, records.ads, every, { ...counting, from, to });
      return {
        points: Object.fromEntries(
          [...points].map(([day, point]) => [day, { counts: counts(point), value: point.value }]),
        ),
      };
    }
    case 'handoffs': {
      const handoffs = setting.agreement.handoffs.filter(({ id }) => (asked.handoff ?? id) === id);
      return {
        handoffs: Object.fromEntries(
          handoffs.map((handoff) => [handoff.id, countHandoff(setting, handoff, facts, counting)]),
        ),
      };
    }
    case 'targets':
      return { targets: countTargets(setting, facts, records.ads, { ...counting, to: counting.to ?? '' }) };
    default:
      return null;
  }
}

function counts(funnel: FunnelCount): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(funnel.stages).map(([id, stage]) => [id, stage.count]));
}
