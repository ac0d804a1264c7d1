import type { ReactNode } from 'react';
import { handoffFinding, timesFinding, waitingFinding } from '../../../src/core/measures/handoff-words.ts';
import type { HandoffAnswer, HandoffsAnswer } from '../../../src/core/measures/handoffs-answer.ts';
import { HandoffDays } from '../charts/handoff-days.tsx';
import { HandoffGroups, HandoffTable } from '../charts/handoff-groups.tsx';
import { HeatGrid } from '../charts/heat-grid.tsx';
import { OutcomeBar } from '../charts/outcome-bar.tsx';
import { WaitingTable } from '../charts/waiting-table.tsx';
import { useReading } from '../language.tsx';
import { handoffSearch } from '../parts/handoff-leads.ts';
import { TableSwitch, useTableView } from '../parts/table-view.tsx';
import type { View } from '../parts/use-view.ts';
import type { Search } from '../search.ts';
import { Link } from '../parts/link.tsx';

/** One hand-over whole: whether it is kept, who waits, by whom and when. */
export function HandoffSection({
  answer,
  handoff,
  view,
  state,
  choice,
}: {
  readonly answer: HandoffsAnswer;
  readonly handoff: HandoffAnswer;
  readonly view: View;
  readonly state: Search;
  /** The choice of what to tell groups by. */
  readonly choice: ReactNode;
}): ReactNode {
  const { t } = useReading();
  const [asTable, turn] = useTableView();
  const names = {
    translate: t,
    format: view.format,
    stage: (id: string) => view.stage(id),
    area: (id: string) => view.area(id),
  };
  const times = timesFinding(handoff, names);
  const label = view.agreement.handoffs.find(({ id }) => id === handoff.id)?.label ?? handoff.id;
  const shown = { handoff, by: answer.by, view, state };
  return (
    <article className={`handoff ${view.hue(handoff.owner)}`} aria-labelledby={`handoff-${handoff.id}`}>
      <p className="promise">
        <strong>{label}</strong>{' '}
        {t('handoff.text', {
          stage: view.stage(handoff.from),
          span: view.format.span(handoff.within_seconds),
          hours: handoff.working ? 'working' : 'calendar',
        })}
        {' · '}
        <span className="owner">{view.area(handoff.owner)}</span>
      </p>
      <h2 className="finding" id={`handoff-${handoff.id}`}>
        {handoffFinding(handoff, names)}
      </h2>
      {handoff.entered > 0 && <OutcomeBar handoff={handoff} view={view} state={state} />}
      {times !== null && <p className="says">{times}</p>}
      <section className="panel" aria-labelledby={`waiting-${handoff.id}`}>
        <header>
          <h3 id={`waiting-${handoff.id}`}>{t('handoff.waiting')}</h3>
          {handoff.waiting > handoff.oldest.length && (
            <Link to="/leads" search={handoffSearch(handoff, { answer: 'waiting' }, state, view)}>
              {t('opportunities.leads', { count: view.format.count(handoff.waiting) })}
            </Link>
          )}
          {handoff.earlier.waiting > 0 && (
            <Link
              to="/leads"
              search={handoffSearch(
                handoff,
                { answer: 'waiting', from: view.status.extent?.from, to: handoff.earlier.to },
                state,
                view,
              )}
            >
              {t('handoff.earlier', { count: view.format.count(handoff.earlier.waiting) })}
            </Link>
          )}
        </header>
        <p className="says">{waitingFinding(handoff, answer, names)}</p>
        {handoff.oldest.length > 0 && <WaitingTable handoff={handoff} view={view} state={state} />}
        <p className="legend">{t('handoff.until', { now: view.format.instant(answer.now) })}</p>
      </section>
      {handoff.entered > 0 && (
        <>
          <section className="panel" aria-labelledby={`groups-${handoff.id}`}>
            <header>
              <h3 id={`groups-${handoff.id}`}>{t('handoff.who')}</h3>
              {choice}
              <TableSwitch asTable={asTable} turn={turn} />
            </header>
            {asTable ? <HandoffTable {...shown} /> : <HandoffGroups {...shown} />}
            <p className="legend">
              {t('breakdowns.overall', { rate: view.format.percent(handoff.share.rate) })}{' '}
              {t('breakdowns.legend')}
            </p>
          </section>
          <section className="panel" aria-labelledby={`days-${handoff.id}`}>
            <header>
              <h3 id={`days-${handoff.id}`}>{t('handoff.days')}</h3>
            </header>
            <HandoffDays handoff={handoff} range={answer.range} view={view} state={state} />
            <p className="legend">{t('handoff.days.legend')}</p>
          </section>
          <section className="panel" aria-labelledby={`hours-${handoff.id}`}>
            <header>
              <h3 id={`hours-${handoff.id}`}>{t('handoff.hours')}</h3>
            </header>
            <HeatGrid
              id={`heat-${handoff.id}`}
              caption={t('handoff.heat')}
              cells={
                new Map(
                  handoff.hours.map(({ value, share, small }) => [
                    value,
                    { rate: share, small, differs: false },
                  ]),
                )
              }
              top={1}
              hue={view.hue(handoff.owner)}
              view={view}
              searchOf={(group) => ({
                ...handoffSearch(handoff, { by: 'weekday_hour', group }, state, view),
              })}
              described="handoff.described"
            />
            <p className="legend">{t('handoff.heat.legend')}</p>
          </section>
        </>
      )}
    </article>
  );
}
