import type { LeadFacts } from './lead-facts.ts';
import type { Instant } from './records.ts';
import { isoOf } from './records.ts';

/** A lead's facts as plain text by name, to lay beside another's. */
export function describeFacts(facts: LeadFacts): Readonly<Record<string, string | null>> {
  const told: Record<string, string | null> = {
    created_at: isoOf(facts.createdAt),
    status: facts.status,
    at_stage: facts.atStage,
    lost_at: instant(facts.lostAt),
    lost_rule: facts.lostRule,
    lost_reason: facts.lostReason,
    value: facts.value === null ? null : facts.value.toFixed(4),
  };
  for (const [id, stage] of facts.stages) {
    told[`at_${id}`] = instant(stage.reachedAt);
    told[`late_${id}`] = instant(stage.lateAt);
    told[`skip_${id}`] = instant(stage.skipAt);
  }
  for (const [id, truth] of facts.criteria) told[`c_${id}`] = truth === null ? null : String(truth);
  for (const [id, at] of facts.handed) told[`hand_${id}`] = instant(at);
  for (const [id, activity] of facts.answers) told[`answer_seller_${id}`] = activity?.seller ?? null;
  for (const [id, group] of facts.groups) told[`d_${id}`] = group;
  return told;
}

function instant(value: Instant | null): string | null {
  return value === null ? null : isoOf(value);
}
