import type { ReactNode } from 'react';
import type { SplitChange } from '../../../src/core/measures/changes-answer.ts';
import { factorText, partName, partText } from '../../../src/core/measures/changes-words.ts';
import type { ChangeNames } from '../../../src/core/measures/changes-words.ts';
import type { View } from '../parts/use-view.ts';

/** From what was before to what is now, a bar a part in the colour of its owner, each where the last one ended. */
export function ChangeWaterfall({
  split,
  isMoney,
  names,
  view,
  open,
  onOpen,
}: {
  readonly split: SplitChange;
  readonly isMoney: boolean;
  readonly names: ChangeNames;
  readonly view: View;
  /** The stage whose step is looked into. */
  readonly open: string | null;
  readonly onOpen: (stage: string) => void;
}): ReactNode {
  const { translate, format } = names;
  const levels = split.parts.reduce<readonly number[]>(
    (reached, { part }) => [...reached, (reached.at(-1) ?? 0) + part],
    [split.before],
  );
  const low = Math.min(...levels);
  const span = Math.max(...levels) - low || 1;
  const at = (level: number): number => 2 + ((level - low) / span) * 96;
  const whole = (value: number): string => (isMoney ? format.money(value) : format.count(value));
  const end = (level: number, title: string, text: string): ReactNode => (
    <li className="end">
      <span className="group">{title}</span>
      <span className="track" aria-hidden="true">
        <span className="level" style={{ left: `${at(level)}%` }} />
      </span>
      <span className="figure">{text}</span>
    </li>
  );
  return (
    <ol className="bars waterfall">
      {end(split.before, translate('column.before'), whole(split.before))}
      {split.parts.map((part, position) => {
        const from = levels[position] ?? 0;
        const to = levels[position + 1] ?? 0;
        const left = at(Math.min(from, to));
        const name = partName(part, names);
        return (
          <li key={`${part.kind}:${part.stage}`} className={view.hue(part.owner)}>
            <span className="group">
              {part.kind === 'step' ? (
                <button
                  type="button"
                  className="link"
                  aria-expanded={open === part.stage}
                  onClick={() => onOpen(part.stage)}
                >
                  {name}
                </button>
              ) : (
                name
              )}
              <small className="owner">{view.area(part.owner)}</small>
            </span>
            <span className="track" aria-hidden="true">
              <span
                className="share"
                style={{ left: `${left}%`, width: `max(2px, ${at(Math.max(from, to)) - left}%)` }}
              />
            </span>
            <span className="figure">{partText(part.part, isMoney, names)}</span>
            <span className="of">
              {factorText(part.kind, part.before, names)} → {factorText(part.kind, part.after, names)}
            </span>
          </li>
        );
      })}
      {end(split.after, translate('column.after'), whole(split.after))}
    </ol>
  );
}
