import { useState } from 'react';
import type { ReactNode } from 'react';
import {
  forecastText,
  goalText,
  periodText,
  statusText,
  targetNotes,
  targetValue,
} from '../../../src/core/measures/target-words.ts';
import type { TargetNames } from '../../../src/core/measures/target-words.ts';
import type { TargetAnswer, TargetsAnswer } from '../../../src/core/measures/targets-answer.ts';
import { useAnswer } from '../api.ts';
import { TargetTrack } from '../charts/target-track.tsx';
import { useReading } from '../language.tsx';
import { useAsked } from '../parts/asked.ts';
import { Failure, Skeleton, useWaiting } from '../parts/states.tsx';
import { TableSwitch, useTableView } from '../parts/table-view.tsx';
import type { View } from '../parts/use-view.ts';
import { TargetDetail } from './target-detail.tsx';
import { Scroll } from '../parts/scroll.tsx';

/** The scorecards of all areas in the same form: every target of the agreement, in its order, none left out. */
export function TargetsSection({ view }: { readonly view: View }): ReactNode {
  const { t } = useReading();
  const state = useAsked();
  const [asTable, turn] = useTableView();
  const { to, where, filter, as_of: asOf } = state;
  const targets = useAnswer('targets', { to, where, filter, as_of: asOf });
  const waiting = useWaiting(targets);
  const answer = targets.data;
  const names: TargetNames = { translate: t, format: view.format, area: (id) => view.area(id) };
  return (
    <section className={`panel targets ${waiting}`} aria-labelledby="targets-title">
      <header>
        <h2 id="targets-title">{t('targets.title')}</h2>
        {answer !== undefined && answer.targets.length > 0 && <TableSwitch asTable={asTable} turn={turn} />}
      </header>
      {targets.error ? (
        <Failure error={targets.error} retry={() => void targets.refetch()} />
      ) : answer === undefined ? (
        <Skeleton lines={6} />
      ) : answer.targets.length === 0 ? (
        <p className="says">
          {t('targets.none')} {t('targets.none.hint')}
        </p>
      ) : (
        <>
          {asTable ? (
            <TargetTable answer={answer} names={names} view={view} />
          ) : (
            <div className="columns">
              {view.agreement.areas.map(({ id, label }) => (
                <Scorecard key={id} area={id} label={label} answer={answer} names={names} view={view} />
              ))}
            </div>
          )}
          <p className="explains">
            {targetNotes(answer, names).join(' ')} {!asTable && t('targets.legend')}
          </p>
        </>
      )}
    </section>
  );
}

function labelOf(target: TargetAnswer, view: View): string {
  return view.agreement.targets.find(({ id }) => id === target.id)?.label ?? target.id;
}

function Scorecard({
  area,
  label,
  answer,
  names,
  view,
}: {
  readonly area: string;
  readonly label: string;
  readonly answer: TargetsAnswer;
  readonly names: TargetNames;
  readonly view: View;
}): ReactNode {
  const { t } = useReading();
  const [open, setOpen] = useState<string | null>(null);
  const own = answer.targets.filter(({ owner }) => owner === area);
  return (
    <section className={`scorecard ${view.hue(area)}`} aria-label={label}>
      <h3>{label}</h3>
      {own.length === 0 ? (
        <p className="dim">{t('targets.none_of', { area: label })}</p>
      ) : (
        <ol>
          {own.map((target) => (
            <li key={target.id}>
              <button
                type="button"
                aria-expanded={open === target.id}
                onClick={() => setOpen(open === target.id ? null : target.id)}
              >
                <span className="name">{labelOf(target, view)}</span>
                <span className="stands">{statusText(target, names)}</span>
              </button>
              <Figures target={target} names={names} />
              <TargetTrack target={target} />
              {open === target.id && (
                <TargetDetail
                  target={target}
                  where={view.agreement.targets.find(({ id }) => id === target.id)?.where ?? null}
                  names={names}
                />
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Figures({
  target,
  names,
}: {
  readonly target: TargetAnswer;
  readonly names: TargetNames;
}): ReactNode {
  const { t } = useReading();
  const { kind, value, attainment, pace, forecast, per, period } = target;
  const figures = [
    ['attained', attainment === null ? null : names.format.percent(attainment)],
    ['due', pace === null ? null : targetValue(kind, pace.expected, names)],
    ['end', forecast === null ? null : forecastText(kind, forecast, names)],
  ] as const;
  return (
    <div className="figures">
      <p>
        <strong>{targetValue(kind, value, names)}</strong> <span>{goalText(target, names)}</span>{' '}
        <small>{periodText(period, per, names)}</small>
      </p>
      <dl>
        {figures
          .filter(([, text]) => text !== null || !period.complete)
          .map(([name, text]) => (
            <div key={name}>
              <dt>{t(`targets.column.${name}`)}</dt>
              <dd>{text ?? '–'}</dd>
            </div>
          ))}
      </dl>
    </div>
  );
}

const COLUMNS = ['period', 'so_far', 'goal', 'attained', 'due', 'end', 'stands'] as const;

function TargetTable({
  answer,
  names,
  view,
}: {
  readonly answer: TargetsAnswer;
  readonly names: TargetNames;
  readonly view: View;
}): ReactNode {
  const { t } = useReading();
  return (
    <Scroll>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('targets.column.target')}</th>
            <th scope="col">{t('column.owner')}</th>
            {COLUMNS.map((name) => (
              <th key={name} scope="col" className={name === 'period' || name === 'stands' ? '' : 'number'}>
                {t(`targets.column.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.targets.map((target) => (
            <tr key={target.id} className={view.hue(target.owner)}>
              <th scope="row">{labelOf(target, view)}</th>
              <td>{names.area(target.owner)}</td>
              <td>{periodText(target.period, target.per, names)}</td>
              <td className="number">{targetValue(target.kind, target.value, names)}</td>
              <td className="number">{goalText(target, names)}</td>
              <td className="number">{names.format.percent(target.attainment)}</td>
              <td className="number">{targetValue(target.kind, target.pace?.expected ?? null, names)}</td>
              <td className="number">{forecastText(target.kind, target.forecast, names)}</td>
              <td>{statusText(target, names)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
