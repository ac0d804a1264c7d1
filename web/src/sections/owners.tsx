import type { ReactNode } from 'react';
import { goalValue } from '../../../src/core/measures/target-words.ts';
import { useReading } from '../language.tsx';
import type { View } from '../parts/use-view.ts';

/** Who answers for what: each area with its stages, its targets and its promises. */
export function Owners({ view }: { readonly view: View }): ReactNode {
  const { t } = useReading();
  const { areas, stages, targets, handoffs } = view.agreement;
  const owning = areas.filter(({ id }) =>
    [...stages, ...targets, ...handoffs].some(({ owner }) => owner === id),
  );
  return (
    <section className="owners" aria-label={t('agreement.screen.owners')}>
      {owning.map((area) => {
        const own = <T extends { readonly owner: string }>(each: readonly T[]): readonly T[] =>
          each.filter(({ owner }) => owner === area.id);
        return (
          <div key={area.id} className={view.hue(area.id)}>
            <h2>{area.label}</h2>
            <dl>
              <Owned
                name={t('agreement.screen.owned_stages')}
                items={own(stages).map(({ id, label }) => ({ id, text: label }))}
              />
              <Owned
                name={t('agreement.screen.targets')}
                items={own(targets).map(({ id, label, kind, bound, goal, per }) => ({
                  id,
                  text: `${label}: ${t(`target.${bound}`, { goal: goalValue(kind, goal, view), per: t(`per.${per}`) })}`,
                }))}
              />
              <Owned
                name={t('agreement.screen.handoffs')}
                items={own(handoffs).map(({ id, label, within_seconds: within }) => ({
                  id,
                  text: `${label}: ${view.format.span(within)}`,
                }))}
              />
            </dl>
          </div>
        );
      })}
    </section>
  );
}

function Owned({
  name,
  items,
}: {
  readonly name: string;
  readonly items: readonly { readonly id: string; readonly text: string }[];
}): ReactNode {
  if (items.length === 0) return null;
  return (
    <div>
      <dt>{name}</dt>
      {items.map(({ id, text }) => (
        <dd key={id}>{text}</dd>
      ))}
    </div>
  );
}
