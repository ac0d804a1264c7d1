import type { ReactNode } from 'react';
import type { BreakdownAnswer } from '../../../src/core/measures/answer.ts';
import { useReading } from '../language.tsx';
import { groupText } from '../../../src/core/measures/group-text.ts';
import type { View } from '../parts/use-view.ts';
import { explained } from './explained.ts';
import { topShare } from './top-share.ts';
import { Link } from '../parts/link.tsx';
import { tip } from '../parts/tip.ts';

/** Shares of groups as bars from zero, each with its interval and its number. */
export function ShareBars({
  answer,
  view,
  search,
  most,
  scale,
  filters = [],
}: {
  readonly answer: BreakdownAnswer;
  readonly view: View;
  readonly search: Readonly<Record<string, unknown>>;
  /** How many groups to show; the rest are behind a link of the caller's. */
  readonly most?: number;
  /** The share at the end of the track, where several charts share it. */
  readonly scale?: number;
  /** Filters besides those of the address and the group's own. */
  readonly filters?: readonly string[];
}): ReactNode {
  const { t } = useReading();
  const [from = '', to = ''] = answer.stages;
  const there = answer.groups.filter(
    ({ counts, rate }) => counts[from] != null && (rate.denominator > 0 || rate.numerator > 0),
  );
  const groups = most === undefined ? there : there.slice(0, most);
  const top = scale ?? topShare(groups);
  const owner = view.agreement.stages.find((stage) => stage.id === to)?.owner ?? '';
  const total = answer.total.rate.rate;
  const at = (share: number): string => `${Math.min(100, (share / top) * 100)}%`;
  return (
    <ul className={`bars ${view.hue(owner)}`}>
      {groups.map((group) => {
        const name = groupText(group.kind, group.value, answer.part, t, group.members);
        const { rate, low, high } = group.rate;
        const text = t('bars.described', {
          name,
          rate: view.format.percent(rate),
          numerator: view.format.count(group.rate.numerator),
          denominator: view.format.count(group.rate.denominator),
        });
        return (
          <li
            key={`${group.kind}:${group.value ?? ''}`}
            className={group.small ? 'small' : group.differs ? 'differs' : ''}
            {...tip(explained(text, group, group.rate, t, view))}
          >
            {group.kind === 'other' ? (
              <span className="group">{name}</span>
            ) : (
              <Link
                className="group"
                to="/leads"
                search={{
                  ...search,
                  stage: from,
                  filter: [
                    ...filtersOf(search, answer.dimension),
                    ...filters,
                    `${answer.dimension}=${group.value ?? ''}`,
                  ],
                }}
              >
                {name}
              </Link>
            )}
            <span className="track" aria-hidden="true">
              <span className="share" style={{ width: at(rate ?? 0) }} />
              {group.previous?.rate.rate != null && (
                <span className="before" style={{ width: at(group.previous.rate.rate) }} />
              )}
              {low !== null && high !== null && (
                <span
                  className="interval"
                  style={{ left: at(low), width: `calc(${at(high)} - ${at(low)})` }}
                />
              )}
              {total !== null && <span className="overall" style={{ left: at(total) }} />}
            </span>
            <span className="figure">
              {view.format.percent(rate)}
              {group.differs && (
                <span className="differs-mark">
                  {(rate ?? 0) > (total ?? 0) ? ' ▲' : ' ▼'}
                  <span className="unseen">
                    {t((rate ?? 0) > (total ?? 0) ? 'bars.above' : 'bars.below')}
                  </span>
                </span>
              )}
            </span>
            <span className="of">
              {view.format.count(group.rate.numerator)}/{view.format.count(group.rate.denominator)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** The filters of an address but those of a dimension, which a link replaces. */
export function filtersOf(search: Readonly<Record<string, unknown>>, dimension: string): readonly string[] {
  const filters: unknown = search['filter'];
  return Array.isArray(filters)
    ? filters.filter((each): each is string => typeof each === 'string' && !each.startsWith(`${dimension}=`))
    : [];
}
