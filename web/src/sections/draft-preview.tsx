import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { TypeChanges } from '../../../src/core/agreement/type-changes.ts';
import { goalValue, targetValue } from '../../../src/core/measures/target-words.ts';
import type { WhatifAnswer } from '../../../src/core/measures/whatif-answer.ts';
import { causeText, standingText, whatifFindings } from '../../../src/core/measures/whatif-words.ts';
import type { WhatifNames } from '../../../src/core/measures/whatif-words.ts';
import type { Translate } from '../../../src/core/diagnostic/wording.ts';
import { useReading } from '../language.tsx';
import type { View } from '../parts/use-view.ts';
import type { Judged } from './judged.ts';

/** How the draft's parts are called, else those of the agreement in force. */
function namesOf({ draft }: Judged, view: View, t: Translate): WhatifNames {
  const labelled = (lists: readonly (readonly { id: string; label: string }[])[], id: string): string =>
    lists.flat().find((each) => each.id === id)?.label ?? id;
  const both = [draft, view.agreement] as const;
  return {
    translate: t,
    format: view.format,
    stage: (id) =>
      labelled(
        both.map(({ stages }) => stages),
        id,
      ),
    area: (id) =>
      labelled(
        both.map(({ areas }) => areas),
        id,
      ),
    criterion: (stage, id) =>
      labelled(
        both.map(({ stages }) => stages.find((each) => each.id === stage)?.criteria ?? []),
        id,
      ),
  };
}

/** What the draft does to both areas, in a sentence. */
export function draftFinding(judged: Judged, view: View, t: Translate): string {
  if (judged.whatif === null) return t('draft.types_wait');
  return whatifFindings(judged.whatif, namesOf(judged, view, t)).join('. ');
}

/** What one agreement changes of another, in words, each in the hue of whose it is. */
export function Differences({
  differences,
  view,
}: {
  readonly differences: Judged['differences'];
  readonly view: View;
}): ReactNode {
  const { t } = useReading();
  return (
    <ul className="plain">
      {differences.map((each) => (
        <li key={each.text} className={each.owner === null ? '' : view.hue(each.owner)}>
          {each.text}
        </li>
      ))}
      {differences.length === 0 && <li>{t('draft.no_difference')}</li>}
    </ul>
  );
}

/** What a draft changes, in words, in both areas' numbers, and for which leads. */
export function DraftPreview({ judged, view }: { readonly judged: Judged; readonly view: View }): ReactNode {
  const { t } = useReading();
  const { differences, types, whatif } = judged;
  const names = namesOf(judged, view, t);
  return (
    <>
      <h3>{t('draft.differences')}</h3>
      <Differences differences={differences} view={view} />
      {types.map((change) => (
        <TypeChange key={change.field} change={change} judged={judged} view={view} />
      ))}
      <h3>{draftFinding(judged, view, t)}</h3>
      {whatif !== null && <StageTable whatif={whatif} names={names} view={view} />}
      {whatif !== null && whatif.targets.length > 0 && (
        <TargetTable judged={judged} whatif={whatif} names={names} view={view} />
      )}
      {whatif !== null && whatif.listed.length > 0 && (
        <>
          <h3>{t('draft.leads', { count: view.format.count(whatif.changed) })}</h3>
          <ul className="plain changed">
            {whatif.listed.map((lead) => (
              <li key={lead.id}>
                <Link to="/leads/$id" params={{ id: lead.id }} search={(previous) => previous}>
                  {lead.id}
                </Link>{' '}
                {standingText(lead.today, names)} → {standingText(lead.draft, names)}
                <small>{causeText(lead, names)}</small>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

/** How many of the stored values read as the new type of their field, and which do not. */
function TypeChange({
  change,
  judged,
  view,
}: {
  readonly change: TypeChanges['fields'][number];
  readonly judged: Judged;
  readonly view: View;
}): ReactNode {
  const { t } = useReading();
  const { format } = view;
  const { field, is, known, reads, unread } = change;
  const lost = known - reads;
  const label = judged.draft.fields.find(({ name }) => name === field)?.label ?? field;
  const listed = unread.reduce((sum, { count }) => sum + count, 0);
  return (
    <section className="type-change">
      <h3>{t('draft.type.title', { field: label, type: is })}</h3>
      <p>
        {t('draft.type.reads', { n: known, known: format.count(known), reads: format.count(reads) })}{' '}
        {lost > 0 && t('draft.type.lost', { n: lost, lost: format.count(lost) })}
      </p>
      {lost > 0 && <meter value={reads} max={known} aria-hidden="true" />}
      {unread.length > 0 && (
        <p className="explains">
          {unread
            .map(({ value, count }) => t('draft.type.unread', { value, count: format.count(count) }))
            .join(', ')}
          {listed < lost && '…'}
        </p>
      )}
    </section>
  );
}

interface PreviewPart {
  readonly whatif: WhatifAnswer;
  readonly names: WhatifNames;
  readonly view: View;
}

function StageTable({ whatif, names, view }: PreviewPart): ReactNode {
  const { t } = useReading();
  const { format } = names;
  const signed = (count: number, sign: string): string =>
    count === 0 ? '–' : `${sign}${format.count(count)}`;
  return (
    <div className="wide">
      <table>
        <thead>
          <tr>
            <th>{t('draft.column_stage')}</th>
            {['today', 'draft', 'gains', 'loses'].map((name) => (
              <th key={name} className="number">
                {t(`draft.column_${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {whatif.stages.map((stage) => (
            <tr key={stage.id} className={view.hue(stage.owner)}>
              <th scope="row">{names.stage(stage.id)}</th>
              <td className="number">
                {format.count(stage.today)}
                <small>{stage.today_rate === null ? '' : format.percent(stage.today_rate)}</small>
              </td>
              <td className="number">
                {format.count(stage.draft)}
                <small>{stage.draft_rate === null ? '' : format.percent(stage.draft_rate)}</small>
              </td>
              <td className="number">{signed(stage.gained, '+')}</td>
              <td className="number">{signed(stage.lost, '−')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TargetTable({
  judged,
  whatif,
  names,
  view,
}: {
  readonly judged: Judged;
  readonly whatif: WhatifAnswer;
  readonly names: WhatifNames;
  readonly view: View;
}): ReactNode {
  const { t } = useReading();
  const all = [...judged.draft.targets, ...view.agreement.targets];
  return (
    <div className="wide">
      <table>
        <thead>
          <tr>
            <th>{t('draft.column_target')}</th>
            {['today', 'draft', 'goal'].map((name) => (
              <th key={name} className="number">
                {t(`draft.column_${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {whatif.targets.map((target) => {
            const own = all.find(({ id }) => id === target.id);
            const figure = (value: number | null): string => targetValue(own?.kind ?? 'count', value, names);
            return (
              <tr key={target.id} className={view.hue(target.owner)}>
                <th scope="row">
                  {own?.label ?? target.id}
                  <small>
                    {view.format.day(target.from)} – {view.format.day(target.to)}
                  </small>
                </th>
                <td className="number">{figure(target.today)}</td>
                <td className="number">{figure(target.draft)}</td>
                <td className="number">
                  {target.bound === 'at_least' ? '≥' : '≤'}{' '}
                  {goalValue(own?.kind ?? 'count', target.draft_goal ?? target.today_goal, names)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
