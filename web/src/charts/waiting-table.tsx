import type { ReactNode } from 'react';
import { waitText } from '../../../src/core/measures/handoff-words.ts';
import type { HandoffAnswer } from '../../../src/core/measures/handoffs-answer.ts';
import { useReading } from '../language.tsx';
import type { View } from '../parts/use-view.ts';
import type { Search } from '../search.ts';
import { Link } from '../parts/link.tsx';
import { Scroll } from '../parts/scroll.tsx';

/** Those waiting, the oldest first. */
export function WaitingTable({
  handoff,
  view,
  state,
}: {
  readonly handoff: HandoffAnswer;
  readonly view: View;
  readonly state: Search;
}): ReactNode {
  const { t } = useReading();
  const hasSeller = handoff.oldest.some(({ seller }) => seller !== null);
  return (
    <Scroll>
      <table className="groups waiting-leads">
        <thead>
          <tr>
            <th scope="col">{t('leads.column_id')}</th>
            <th scope="col">{t('handoffs.column.since')}</th>
            <th scope="col" className="number">
              {t(handoff.working ? 'handoff.waited.working' : 'handoffs.column.waited')}
            </th>
            <th scope="col">{t('handoffs.column.due')}</th>
            {hasSeller && <th scope="col">{t('handoffs.seller')}</th>}
          </tr>
        </thead>
        <tbody>
          {handoff.oldest.map((lead) => (
            <tr key={lead.id}>
              <th scope="row">
                <Link to="/leads/$id" params={{ id: lead.id }} search={state}>
                  {lead.id}
                </Link>
              </th>
              <td>{view.format.instant(lead.since)}</td>
              <td className="number">{waitText(lead.waited, handoff.working, view.format)}</td>
              <td className={lead.overdue ? 'overdue' : ''}>
                {view.format.instant(lead.due_at)}
                <small>{t(lead.overdue ? 'handoffs.overdue' : 'handoffs.due')}</small>
              </td>
              {hasSeller && <td>{lead.seller ?? t('group.missing')}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
