import type { ReactNode } from 'react';
import type { BreakdownAnswer, GroupAnswer } from '../../../src/core/measures/answer.ts';
import { groupText } from '../../../src/core/measures/group-text.ts';
import { useReading } from '../language.tsx';
import { dimensionLabel } from '../parts/dimension-label.ts';
import type { View } from '../parts/use-view.ts';
import { filtersOf } from './share-bars.tsx';
import { topShare } from './top-share.ts';
import { Link } from '../parts/link.tsx';
import { tip } from '../parts/tip.ts';
import { explained } from './explained.ts';
import { Scroll } from '../parts/scroll.tsx';

/** Two dimensions as a map of heat: a row a group of the first, a column a group of the second. */
export function CrossedTable({
  answer,
  view,
  search,
}: {
  readonly answer: BreakdownAnswer;
  readonly view: View;
  readonly search: Readonly<Record<string, unknown>>;
}): ReactNode {
  const { t } = useReading();
  const { second } = answer;
  if (second === null) return null;
  const [from = '', to = ''] = answer.stages;
  const top = topShare(answer.panels.flatMap(({ groups }) => groups));
  const owner = view.agreement.stages.find((stage) => stage.id === to)?.owner ?? '';
  const name = (group: GroupAnswer, part: BreakdownAnswer['part']): string =>
    groupText(group.kind, group.value, part, t, group.members);
  const cell = (group: GroupAnswer, panel: GroupAnswer | null): ReactNode => {
    const row = group.kind === 'total' ? null : group;
    const text = t('bars.described', {
      name: [row === null ? null : name(row, answer.part), panel === null ? null : name(panel, second.part)]
        .filter((each) => each !== null)
        .join(', '),
      rate: view.format.percent(group.rate.rate),
      numerator: view.format.count(group.rate.numerator),
      denominator: view.format.count(group.rate.denominator),
    });
    const filter = [
      ...filtersOf(search, answer.dimension).filter((each) => !each.startsWith(`${second.dimension}=`)),
      ...(row === null ? [] : [`${answer.dimension}=${row.value ?? ''}`]),
      ...(panel === null ? [] : [`${second.dimension}=${panel.value ?? ''}`]),
    ];
    const isFolded = row?.kind === 'other' || panel?.kind === 'other';
    return (
      <>
        {isFolded || group.rate.denominator === 0 ? (
          <span {...tip(explained(text, group, group.rate, t, view))}>
            {view.format.percent(group.rate.rate)}
          </span>
        ) : (
          <Link
            to="/leads"
            search={{ ...search, stage: from, filter }}
            {...tip(explained(text, group, group.rate, t, view))}
            aria-label={text}
            style={{ '--heat': Math.min(1, (group.rate.rate ?? 0) / top) }}
          >
            {view.format.percent(group.rate.rate)}
          </Link>
        )}
        <small>
          {view.format.count(group.rate.numerator)}/{view.format.count(group.rate.denominator)}
        </small>
      </>
    );
  };
  const state = (group: GroupAnswer): string =>
    `number ${group.small ? 'small' : ''} ${group.differs ? 'differs' : ''}`;
  return (
    <Scroll className={`heat crossed ${view.hue(owner)}`}>
      <table>
        <caption className="legend">
          {t('crossed.caption', { from: view.stage(from), to: view.stage(to) })}
        </caption>
        <thead>
          <tr>
            <th scope="col">{dimensionLabel(answer.dimension, view, t)}</th>
            {answer.panels.map(({ total }) => (
              <th key={`${total.kind}:${total.value ?? ''}`} scope="col" className="number">
                {name(total, second.part)}
              </th>
            ))}
            <th scope="col" className="number">
              {t('group.total')}
            </th>
          </tr>
        </thead>
        <tbody>
          {answer.groups.map((group) => (
            <tr key={`${group.kind}:${group.value ?? ''}`}>
              <th scope="row">{name(group, answer.part)}</th>
              {answer.panels.map(({ total, groups }) => {
                const found = groups.find((each) => each.kind === group.kind && each.value === group.value);
                return (
                  <td
                    key={`${total.kind}:${total.value ?? ''}`}
                    className={found === undefined ? 'none' : state(found)}
                  >
                    {found === undefined ? (
                      <span className="unseen">{t('heat.none')}</span>
                    ) : (
                      cell(found, total)
                    )}
                  </td>
                );
              })}
              <td className={state(group)}>{cell(group, null)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t('group.total')}</th>
            {answer.panels.map(({ total }) => (
              <td key={`${total.kind}:${total.value ?? ''}`} className="number">
                {cell({ ...total, kind: 'total' }, total)}
              </td>
            ))}
            <td className="number">{cell(answer.total, null)}</td>
          </tr>
        </tfoot>
      </table>
    </Scroll>
  );
}
