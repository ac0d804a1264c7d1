import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AgreementView } from '../../../src/core/agreement/view.ts';
import { targetValue } from '../../../src/core/measures/target-words.ts';
import type { WhatifAnswer } from '../../../src/core/measures/whatif-answer.ts';
import { causeText, standingText, whatifFindings } from '../../../src/core/measures/whatif-words.ts';
import type { WhatifNames } from '../../../src/core/measures/whatif-words.ts';
import type { Translate } from '../../../src/core/diagnostic/wording.ts';
import { useReading } from '../language.tsx';
import type { View } from '../parts/use-view.ts';

interface Change {
  readonly code: string;
  readonly text: string;
  readonly owner: string | null;
  readonly counts: boolean;
}

/** What a draft is found to say and to change. */
export interface Judged {
  readonly draft: AgreementView;
  readonly differences: readonly Change[];
  readonly whatif: WhatifAnswer;
}

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
  return whatifFindings(judged.whatif, namesOf(judged, view, t)).join('. ');
}

/** What a draft changes, in words, in both areas' numbers, and for which leads. */
export function DraftPreview({ judged, view }: { readonly judged: Judged; readonly view: View }): ReactNode {
  const { t } = useReading();
  const { differences, whatif } = judged;
  const names = namesOf(judged, view, t);
  return (
    <>
      <h3>{t('draft.differences')}</h3>
      <ul className="plain">
        {differences.map((each) => (
          <li key={each.text} className={each.owner === null ? '' : view.hue(each.owner)}>
            {each.text}
          </li>
        ))}
        {differences.length === 0 && <li>{t('draft.no_difference')}</li>}
      </ul>
      <h3>{draftFinding(judged, view, t)}</h3>
      <StageTable whatif={whatif} names={names} view={view} />
      {whatif.targets.length > 0 && <TargetTable judged={judged} names={names} view={view} />}
      {whatif.listed.length > 0 && (
        <>
          <h3>{t('draft.leads', { count: whatif.changed })}</h3>
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
  names,
  view,
}: {
  readonly judged: Judged;
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
          {judged.whatif.targets.map((target) => {
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
                  {target.bound === 'at_least' ? '≥' : '≤'} {figure(target.draft_goal ?? target.today_goal)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
