import { useState } from 'react';
import type { ReactNode } from 'react';
import type { ChangesAnswer, SplitChange } from '../../../src/core/measures/changes-answer.ts';
import {
  changeNotes,
  changeSentences,
  factorText,
  partName,
  partText,
} from '../../../src/core/measures/changes-words.ts';
import type { ChangeNames } from '../../../src/core/measures/changes-words.ts';
import { useAnswer } from '../api.ts';
import { ChangeWaterfall } from '../charts/change-waterfall.tsx';
import { useReading } from '../language.tsx';
import { changeNames } from '../parts/change-names.ts';
import { ComparedNote } from '../parts/compared-note.tsx';
import { Notes } from '../parts/notes.tsx';
import { useAsked } from '../parts/asked.ts';
import { Failure, Nothing, Skeleton, useWaiting } from '../parts/states.tsx';
import { TableSwitch, useTableView } from '../parts/table-view.tsx';
import type { View } from '../parts/use-view.ts';
import { comparisonOf, questionOf } from '../../../src/core/measures/screen-question.ts';
import { StepDetail } from './step-detail.tsx';
import { Scroll } from '../parts/scroll.tsx';

/** What changed since the period compared with, and whose step moved it; nothing where none is compared. */
export function ChangesSection({ view }: { readonly view: View }): ReactNode {
  const { t } = useReading();
  const state = useAsked();
  const [asTable, turn] = useTableView();
  const [isMoney, setIsMoney] = useState(false);
  const [open, setOpen] = useState<string | null>(null);
  const isCompared = state.compare !== 'none';
  const question = { ...questionOf(state, view.status), ...comparisonOf(state) };
  const changes = useAnswer('changes', question, isCompared);
  const waiting = useWaiting(changes);
  if (!isCompared) return null;
  const answer = changes.data;
  const names = changeNames(view, t);
  const shown = answer === undefined ? null : isMoney && answer.value !== null ? answer.value : answer.count;
  const isEmpty = shown !== null && shown.before === 0 && shown.after === 0;
  return (
    <section className={`panel changes ${waiting}`} aria-labelledby="changes-title">
      <header>
        <h2 id="changes-title">{t('changes.title')}</h2>
        {answer !== undefined && !isEmpty && (
          <span className="choices">
            {answer.value !== null &&
              [false, true].map((money) => (
                <button
                  key={String(money)}
                  type="button"
                  className="quiet"
                  aria-pressed={money === isMoney}
                  onClick={() => setIsMoney(money)}
                >
                  {money ? t('changes.in_money') : names.stage(answer.count.stage)}
                </button>
              ))}
            <TableSwitch asTable={asTable} turn={turn} />
          </span>
        )}
      </header>
      {changes.error ? (
        <Failure error={changes.error} retry={() => void changes.refetch()} />
      ) : answer === undefined || shown === null ? (
        <Skeleton lines={4} />
      ) : isEmpty ? (
        <Nothing>{t('changes.nothing')}</Nothing>
      ) : (
        <>
          <Findings answer={answer} split={shown} isMoney={shown === answer.value} names={names} />
          <p className="explains">
            <ComparedNote compared={answer.compared} mode={answer.mode} />
          </p>
          {asTable ? (
            <PartTable split={shown} isMoney={shown === answer.value} names={names} />
          ) : (
            <ChangeWaterfall
              split={shown}
              isMoney={shown === answer.value}
              names={names}
              view={view}
              open={open}
              onOpen={(stage) => setOpen(stage === open ? null : stage)}
            />
          )}
          {open === null ? (
            <p className="explains">{t('changes.explains')}</p>
          ) : (
            <StepDetail answer={answer} stage={open} question={question} names={names} />
          )}
        </>
      )}
      <Notes chart="changes" view={view} />
    </section>
  );
}

function Findings({
  answer,
  split,
  isMoney,
  names,
}: {
  readonly answer: ChangesAnswer;
  readonly split: SplitChange;
  readonly isMoney: boolean;
  readonly names: ChangeNames;
}): ReactNode {
  return (
    <>
      <p className="says">{changeSentences(split, isMoney, names).join(' ')}</p>
      {changeNotes(answer, names).map((note) => (
        <p key={note} className="says note">
          {note}
        </p>
      ))}
    </>
  );
}

function PartTable({
  split,
  isMoney,
  names,
}: {
  readonly split: SplitChange;
  readonly isMoney: boolean;
  readonly names: ChangeNames;
}): ReactNode {
  const { translate } = names;
  return (
    <Scroll>
      <table>
        <thead>
          <tr>
            <th scope="col">{translate('column.step_of')}</th>
            <th scope="col">{translate('column.owner')}</th>
            {['before', 'after', 'part'].map((name) => (
              <th key={name} scope="col" className="number">
                {translate(`column.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {split.parts.map((part) => (
            <tr key={`${part.kind}:${part.stage}`}>
              <th scope="row">{partName(part, names)}</th>
              <td>{names.area(part.owner)}</td>
              <td className="number">{factorText(part.kind, part.before, names)}</td>
              <td className="number">{factorText(part.kind, part.after, names)}</td>
              <td className="number">{partText(part.part, isMoney, names)}</td>
            </tr>
          ))}
          {split.by_owner.map(({ owner, part }) => (
            <tr key={owner} className="total">
              <th scope="row" colSpan={4}>
                {names.area(owner)}
              </th>
              <td className="number">{partText(part, isMoney, names)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
