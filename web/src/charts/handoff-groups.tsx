import type { ReactNode } from 'react';
import { groupText } from '../../../src/core/measures/group-text.ts';
import { waitText } from '../../../src/core/measures/handoff-words.ts';
import type {
  HandoffAnswer,
  HandoffGroup,
  HandoffsAnswer,
} from '../../../src/core/measures/handoffs-answer.ts';
import { useReading } from '../language.tsx';
import { handoffSearch } from '../parts/handoff-leads.ts';
import type { View } from '../parts/use-view.ts';
import type { Search } from '../search.ts';
import { Link } from '../parts/link.tsx';
import { tip } from '../parts/tip.ts';
import { Scroll } from '../parts/scroll.tsx';
import { explained } from './explained.ts';

interface Shown {
  readonly handoff: HandoffAnswer;
  readonly by: HandoffsAnswer['by'];
  readonly view: View;
  readonly state: Search;
}

/** Who keeps the promise: the share of each group with its interval, and how long half of its answers take. */
export function HandoffGroups({ handoff, by, view, state }: Shown): ReactNode {
  const { t } = useReading();
  const at = (share: number): string => `${share * 100}%`;
  const total = handoff.share.rate;
  return (
    <ul className={`bars ${view.hue(handoff.owner)}`}>
      {handoff.groups.map((group) => {
        const { rate, low, high, numerator, denominator } = group.share;
        const text = t('handoff.described', {
          name: groupText(group.kind, group.value, by.part, t, group.members),
          rate: view.format.percent(rate),
          numerator: view.format.count(numerator),
          denominator: view.format.count(denominator),
        });
        return (
          <li
            key={keyOf(group)}
            className={group.small ? 'small' : group.differs ? 'differs' : ''}
            {...tip(explained(text, group, group.share, t, view))}
          >
            <GroupName group={group} handoff={handoff} by={by} view={view} state={state} />
            <span className="track" aria-hidden="true">
              <span className="share" style={{ width: at(rate ?? 0) }} />
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
              {view.format.count(numerator)}/{view.format.count(denominator)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

const COUNTS = ['entered', 'kept', 'late', 'overdue', 'missed', 'pending', 'closed'] as const;

/** The same in numbers, each of which opens its leads. */
export function HandoffTable({ handoff, by, view, state }: Shown): ReactNode {
  const { t } = useReading();
  return (
    <Scroll>
      <table className="groups handoff-table">
        <thead>
          <tr>
            <th scope="col">{t('handoff.group')}</th>
            {COUNTS.map((name) => (
              <th key={name} scope="col" className="number">
                {t(`handoffs.answer.${name}`)}
              </th>
            ))}
            <th scope="col" className="number">
              {t('handoff.share')}
            </th>
            <th scope="col" className="number">
              {t('column.median')}
            </th>
          </tr>
        </thead>
        <tbody>
          {handoff.groups.map((group) => (
            <tr key={keyOf(group)} className={group.small ? 'dim' : ''}>
              <th scope="row">
                <GroupName group={group} handoff={handoff} by={by} view={view} state={state} />
              </th>
              {COUNTS.map((name) => (
                <td key={name} className="number">
                  {group.kind === 'other' || group[name] === 0 ? (
                    view.format.count(group[name])
                  ) : (
                    <Link
                      to="/leads"
                      search={handoffSearch(
                        handoff,
                        {
                          answer: name === 'entered' ? undefined : name,
                          by: by.dimension,
                          group: group.value ?? '',
                        },
                        state,
                        view,
                      )}
                    >
                      {view.format.count(group[name])}
                    </Link>
                  )}
                </td>
              ))}
              <td className="number">
                {view.format.percent(group.share.rate)}
                <small>{view.format.interval(group.share.low, group.share.high)}</small>
              </td>
              <td className="number">
                {group.time === null ? '–' : waitText(group.time.p50, handoff.working, view.format)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function GroupName({ group, handoff, by, view, state }: Shown & { readonly group: HandoffGroup }): ReactNode {
  const { t } = useReading();
  const name = groupText(group.kind, group.value, by.part, t, group.members);
  if (group.kind === 'other') return <span className="group">{name}</span>;
  return (
    <Link
      className="group"
      to="/leads"
      search={handoffSearch(handoff, { by: by.dimension, group: group.value ?? '' }, state, view)}
    >
      {name}
    </Link>
  );
}

function keyOf({ kind, value }: HandoffGroup): string {
  return `${kind}:${value ?? ''}`;
}
