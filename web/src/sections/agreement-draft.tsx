import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode, RefObject } from 'react';
import type { AgreementView } from '../../../src/core/agreement/view.ts';
import { targetValue } from '../../../src/core/measures/target-words.ts';
import type { WhatifAnswer } from '../../../src/core/measures/whatif-answer.ts';
import { causeText, standingText, whatifFindings } from '../../../src/core/measures/whatif-words.ts';
import type { WhatifNames } from '../../../src/core/measures/whatif-words.ts';
import { useAnswer } from '../api.ts';
import { useReading } from '../language.tsx';
import { Skeleton } from '../parts/states.tsx';
import type { View } from '../parts/use-view.ts';
import { post, Refused } from '../post.ts';
import type { Told } from '../post.ts';

interface Change {
  readonly code: string;
  readonly text: string;
  readonly owner: string | null;
  readonly counts: boolean;
}

interface Judged {
  readonly draft: AgreementView;
  readonly differences: readonly Change[];
  readonly whatif: WhatifAnswer;
}

/** Long enough that typing is not asked about letter by letter. */
const PAUSE = 400;

/** A text that follows another once it has rested. */
function useRested(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}

/** The agreement as a text to try changes in: what is wrong with it, what it changes in words, and in numbers. */
export function AgreementDraft({ view }: { readonly view: View }): ReactNode {
  const { t, language } = useReading();
  const current = useAnswer(`agreement/versions/${view.agreement.version}`);
  const [edited, setEdited] = useState<string | null>(null);
  const original = current.data?.text;
  const text = edited ?? original ?? '';
  const rested = useRested(text);
  const { from, to, where, filter, as_of } = useSearch({ strict: false });
  const isChanged = original !== undefined && rested !== original && rested !== '';
  const judged = useQuery({
    queryKey: ['draft', rested, language, from, to, where, filter, as_of],
    enabled: isChanged,
    retry: false,
    queryFn: async ({ signal }): Promise<Judged> => {
      const draft = { text: rested, file: 'tregua.yaml' };
      const asked = { from, to, where, filter, as_of };
      const question = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
      const [checked, { differences }, whatif] = await Promise.all([
        post<AgreementView>('agreement/check', language, draft, signal),
        post<{ differences: readonly Change[] }>('agreement/differences', language, draft, signal),
        post<WhatifAnswer>('drafts/whatif', language, { draft, question }, signal),
      ]);
      return { draft: checked, differences, whatif };
    },
  });
  const area = useRef<HTMLTextAreaElement>(null);
  if (original === undefined) return <Skeleton lines={8} />;
  const faults = judged.error instanceof Refused ? judged.error.faults : [];
  return (
    <section className="draft" aria-labelledby="draft">
      <h2 id="draft">{t('draft.title')}</h2>
      <p className="explains">{t('draft.explains')}</p>
      <div className="columns">
        <div>
          <textarea
            ref={area}
            value={text}
            rows={24}
            spellCheck={false}
            aria-label={t('draft.text')}
            aria-invalid={faults.length > 0}
            onChange={(event) => setEdited(event.target.value)}
          />
          <p className="actions">
            <button type="button" disabled={edited === null} onClick={() => setEdited(null)}>
              {t('draft.reset')}
            </button>
            <output className="dim">
              {!isChanged ? t('draft.unchanged') : judged.isFetching ? t('draft.working') : ''}
            </output>
          </p>
          <FaultList faults={faults} text={text} area={area} />
        </div>
        {isChanged && judged.data !== undefined && faults.length === 0 && (
          <div className={judged.isFetching ? 'preview stale' : 'preview'}>
            <Preview judged={judged.data} view={view} />
            <Propose text={rested} onDone={() => setEdited(null)} />
          </div>
        )}
      </div>
    </section>
  );
}

/** Each fault with its line, which a click shows. */
function FaultList({
  faults,
  text,
  area,
}: {
  readonly faults: readonly Told[];
  readonly text: string;
  readonly area: RefObject<HTMLTextAreaElement | null>;
}): ReactNode {
  const { t } = useReading();
  const show = ({ at }: Told): void => {
    const shown = area.current;
    if (at === null || shown === null) return;
    const lines = text.split('\n');
    const start = lines.slice(0, at.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
    shown.focus();
    shown.setSelectionRange(start, start + (lines[at.line - 1]?.length ?? 0));
  };
  return (
    <ul className="faults" aria-live="polite">
      {faults.map((fault, position) => (
        <li key={`${position} ${fault.message}`}>
          <button type="button" onClick={() => show(fault)} disabled={fault.at === null}>
            {fault.at === null ? t('draft.fault') : t('draft.line', { line: fault.at.line })}
          </button>
          <span>
            {fault.message}
            {fault.hint !== null && <small>{fault.hint}</small>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Preview({ judged, view }: { readonly judged: Judged; readonly view: View }): ReactNode {
  const { t } = useReading();
  const { draft, differences, whatif } = judged;
  const labelled = (lists: readonly (readonly { id: string; label: string }[])[], id: string): string =>
    lists.flat().find((each) => each.id === id)?.label ?? id;
  const both = [draft, view.agreement] as const;
  const names: WhatifNames = {
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
      <h3>{whatifFindings(whatif, names).join('. ')}</h3>
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
                    {target.from} – {target.to}
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

/** Keeps the draft as a proposal, for both areas to sign. */
function Propose({ text, onDone }: { readonly text: string; readonly onDone: () => void }): ReactNode {
  const { t, language } = useReading();
  const client = useQueryClient();
  const [from, setFrom] = useState('');
  const [note, setNote] = useState('');
  const proposal = useMutation({
    mutationFn: () =>
      post('agreement/versions', language, {
        text,
        from: from === '' ? null : from,
        ...(note.trim() === '' ? {} : { note: note.trim() }),
        propose: true,
      }),
    onSuccess: async () => {
      onDone();
      await client.invalidateQueries();
    },
  });
  return (
    <form
      className="propose"
      onSubmit={(event) => {
        event.preventDefault();
        proposal.mutate();
      }}
    >
      <h3>{t('draft.propose_title')}</h3>
      <label>
        {t('draft.from')}
        <input type="date" value={from} onChange={(event) => setFrom(event.target.value)} />
        <small>{from === '' ? t('draft.from_always') : t('draft.from_day')}</small>
      </label>
      <label>
        {t('draft.note')}
        <input value={note} maxLength={2000} onChange={(event) => setNote(event.target.value)} />
      </label>
      <button type="submit" disabled={proposal.isPending}>
        {t('draft.propose')}
      </button>
      {proposal.error && <p role="alert">{proposal.error.message}</p>}
    </form>
  );
}
