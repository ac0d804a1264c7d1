import type { ReactNode } from 'react';
import {
  historySentence,
  neededSentence,
  periodText,
  targetSentence,
  targetValue,
} from '../../../src/core/measures/target-words.ts';
import type { TargetNames } from '../../../src/core/measures/target-words.ts';
import type { TargetAnswer } from '../../../src/core/measures/targets-answer.ts';
import { useReading } from '../language.tsx';

/** A target in sentences, of which leads it is, and the periods before it. */
export function TargetDetail({
  target,
  where,
  names,
}: {
  readonly target: TargetAnswer;
  /** The leads that count, in words; null for all. */
  readonly where: string | null;
  readonly names: TargetNames;
}): ReactNode {
  const { t } = useReading();
  const sentences = [
    targetSentence(target, names),
    neededSentence(target, names),
    where === null ? '' : t('targets.only', { rule: where }),
    historySentence(target, names),
  ];
  return (
    <div className="target-detail">
      <p>{sentences.filter((each) => each !== '').join(' ')}</p>
      <History target={target} names={names} />
    </div>
  );
}

function History({
  target,
  names,
}: {
  readonly target: TargetAnswer;
  readonly names: TargetNames;
}): ReactNode {
  const { t, language } = useReading();
  const { kind, history, goal, per } = target;
  const most = Math.max(goal, ...history.map(({ value }) => value ?? 0)) || 1;
  const month = new Intl.DateTimeFormat(language, { month: 'short', timeZone: 'UTC' });
  const short = (from: string): string =>
    per === 'month' ? month.format(new Date(`${from}T00:00:00Z`)) : periodText({ from }, per, names);
  if (history.length === 0) return null;
  return (
    <ol className="past" style={{ '--goal': `${(goal / most) * 100}%` }}>
      {history.map(({ from, value, met }) => (
        <li key={from}>
          <span className="column" aria-hidden="true">
            <span
              className={met === false ? 'short' : ''}
              style={{ height: `${Math.max(0, (value ?? 0) / most) * 100}%` }}
            />
          </span>
          <span className="figure">{targetValue(kind, value, names)}</span>
          <small>
            {short(from)}
            <span className="unseen">
              {' '}
              {met !== null && t(met ? 'targets.past.met' : 'targets.past.missed')}
            </span>
          </small>
        </li>
      ))}
    </ol>
  );
}
