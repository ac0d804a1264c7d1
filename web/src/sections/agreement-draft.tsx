import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useAnswer } from '../api.ts';
import { useReading } from '../language.tsx';
import { importing } from '../parts/script-missing.tsx';
import { Skeleton } from '../parts/states.tsx';
import { useTextHistory } from '../parts/text-history.ts';
import type { View } from '../parts/use-view.ts';
import { Refused } from '../post.ts';
import type { Told } from '../post.ts';
import { draftFinding, DraftPreview } from './draft-preview.tsx';
import { DraftProposal } from './draft-proposal.tsx';
import { useJudged } from './judged.ts';

/** Reads YAML and rules, which the other screens have no need of. */
const AgreementForm = lazy(
  importing(async () => ({ default: (await import('../builder/agreement-form.tsx')).AgreementForm })),
);

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

/** The agreement to try changes in: what is wrong with it, what it changes in words, and in numbers. */
export function AgreementDraft({ view }: { readonly view: View }): ReactNode {
  const current = useAnswer(`agreement/versions/${view.agreement.version}`);
  const original = current.data?.text;
  return original === undefined ? <Skeleton lines={8} /> : <Draft original={original} view={view} />;
}

const MODES = ['form', 'text'] as const;

function Draft({ original, view }: { readonly original: string; readonly view: View }): ReactNode {
  const { t } = useReading();
  const history = useTextHistory(original);
  const { text, edit, undo, redo } = history;
  const [mode, setMode] = useState<(typeof MODES)[number]>('form');
  const [shown, setShown] = useState<Told['at']>(null);
  const preview = useRef<HTMLDivElement>(null);
  const rested = useRested(text);
  const isChanged = rested !== original && rested !== '';
  const judged = useJudged(rested, isChanged);
  const faults = isChanged && judged.error instanceof Refused ? judged.error.faults : [];
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      // A field takes back its own letters.
      const isTyping =
        event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
      if (isTyping || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z') return;
      event.preventDefault();
      (event.shiftKey ? redo : undo)?.();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [undo, redo]);
  return (
    <section className="draft" aria-labelledby="draft">
      <h2 id="draft">{t('draft.title')}</h2>
      <p className="explains">{t('draft.explains')}</p>
      <div className="columns">
        <div>
          <div className="actions">
            <fieldset className="modes">
              <legend className="unseen">{t('draft.mode')}</legend>
              {MODES.map((each) => (
                <label key={each}>
                  <input
                    type="radio"
                    name="draft-mode"
                    checked={mode === each}
                    onChange={() => setMode(each)}
                  />
                  <span>{t(`draft.mode.${each}`)}</span>
                </label>
              ))}
            </fieldset>
            <button type="button" disabled={undo === null} onClick={() => undo?.()}>
              {t('draft.undo')}
            </button>
            <button type="button" disabled={redo === null} onClick={() => redo?.()}>
              {t('draft.redo')}
            </button>
            <button
              type="button"
              className="quiet"
              disabled={!history.isEdited}
              onClick={() => history.reset()}
            >
              {t('draft.reset')}
            </button>
            <output className="dim">
              {!isChanged ? t('draft.unchanged') : judged.isFetching ? t('draft.working') : ''}
            </output>
          </div>
          {mode === 'form' ? (
            <Suspense fallback={<Skeleton lines={12} />}>
              <AgreementForm text={text} faults={faults} view={view} onEdit={edit} />
            </Suspense>
          ) : (
            <TextOf text={text} isFaulty={faults.length > 0} shown={shown} onEdit={edit} />
          )}
          <FaultList
            faults={faults}
            onShow={(at) => {
              setMode('text');
              setShown(at === null ? null : { ...at });
            }}
          />
          {isChanged && judged.data !== undefined && (
            <p className="strip">
              <span>{draftFinding(judged.data, view, t)}</span>
              <button type="button" onClick={() => preview.current?.scrollIntoView()}>
                {t('draft.see')}
              </button>
            </p>
          )}
        </div>
        {!isChanged && <p className="explains beside">{t('draft.beside')}</p>}
        {isChanged && faults.length > 0 && <p className="explains beside">{t('draft.waits')}</p>}
        {isChanged && judged.data !== undefined && (
          <div ref={preview} className={judged.isFetching ? 'preview stale' : 'preview'}>
            <DraftPreview judged={judged.data} view={view} />
            <DraftProposal text={rested} onDone={() => history.reset()} />
          </div>
        )}
      </div>
    </section>
  );
}

/** The text itself; a line of it is shown where a fault is pointed at. */
function TextOf({
  text,
  isFaulty,
  shown,
  onEdit,
}: {
  readonly text: string;
  readonly isFaulty: boolean;
  readonly shown: Told['at'];
  readonly onEdit: (text: string, key: string) => void;
}): ReactNode {
  const { t } = useReading();
  const area = useRef<HTMLTextAreaElement>(null);
  const [pointed, setPointed] = useState<Told['at']>(null);
  useEffect(() => {
    const field = area.current;
    if (shown === null || field === null || shown === pointed) return;
    setPointed(shown);
    const lines = field.value.split('\n');
    const start = lines.slice(0, shown.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
    field.focus();
    field.setSelectionRange(start, start + (lines[shown.line - 1]?.length ?? 0));
  }, [shown, pointed]);
  return (
    <textarea
      ref={area}
      value={text}
      rows={24}
      spellCheck={false}
      aria-label={t('draft.text')}
      aria-invalid={isFaulty}
      onChange={(event) => onEdit(event.target.value, 'text')}
    />
  );
}

/** Each fault with its line, which a click shows. */
function FaultList({
  faults,
  onShow,
}: {
  readonly faults: readonly Told[];
  readonly onShow: (at: Told['at']) => void;
}): ReactNode {
  const { t } = useReading();
  return (
    <ul className="faults" aria-live="polite">
      {faults.map((fault, position) => (
        <li key={`${position} ${fault.message}`}>
          <button type="button" onClick={() => onShow(fault.at)} disabled={fault.at === null}>
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
