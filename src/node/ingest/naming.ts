import type { Mapping } from './mapping.ts';

/** How rows that a mapping reads say whose they are: of each column, what its ids are. */
export type Naming = ReadonlyMap<string, ReadonlySet<string>>;

/** A column whose ids two mappings take for those of different systems. */
export interface NamedOtherwise {
  readonly column: string;
  readonly before: string;
  readonly now: string;
}

const NAMES = ['lead_id', 'crm_id'] as const;

/** What decides which ids a mapping's rows give. */
export function namingOf({ records }: Pick<Mapping, 'records'>): Naming {
  const naming = new Map<string, Set<string>>();
  for (const { kind, columns, otherwise, constants, cut } of records) {
    if (kind !== 'leads' && kind !== 'activities') continue;
    for (const name of NAMES) {
      const first = columns[name];
      if (first === undefined) continue;
      const crm = name === 'crm_id' ? constants['crm'] : undefined;
      const length = cut?.[name];
      const what = [
        name,
        ...(crm === undefined ? [] : [crm]),
        ...(length === undefined ? [] : [`1–${length}`]),
      ];
      for (const column of [first, ...(otherwise?.[name] ?? [])])
        naming.set(column, (naming.get(column) ?? new Set()).add(what.join(' ')));
    }
  }
  return naming;
}

/**
 * Whether two mappings of the same rows would give a person two ids: one reads as a lead's own id what the other
 * reads as a CRM's, or as that of another.
 */
export function namedOtherwise(before: Naming, now: Naming): NamedOtherwise | null {
  for (const [column, names] of now) {
    const others = before.get(column);
    if (others === undefined || [...names].some((name) => others.has(name))) continue;
    return { column, before: [...others].join(', '), now: [...names].join(', ') };
  }
  return null;
}
