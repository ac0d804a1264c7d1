import type { ReactNode } from 'react';
import type { TargetAnswer } from '../../../src/core/measures/targets-answer.ts';

/** Room beyond the farthest mark. */
const ROOM = 1.06;

/**
 * How far a target is: the value as a bar from zero, the goal as a line, where it should be by now as a short
 * mark, and where the period ends as an interval.
 */
export function TargetTrack({ target }: { readonly target: TargetAnswer }): ReactNode {
  const { value, goal, pace, forecast } = target;
  const most = ROOM * Math.max(goal, value ?? 0, forecast?.high ?? 0) || 1;
  const at = (amount: number): string => `${Math.max(0, Math.min(1, amount / most)) * 100}%`;
  return (
    <div className="target-track" aria-hidden="true">
      {value !== null && <span className="share" style={{ width: at(value) }} />}
      {forecast !== null && (
        <span
          className="interval"
          style={{ left: at(forecast.low), width: `calc(${at(forecast.high)} - ${at(forecast.low)})` }}
        />
      )}
      {pace !== null && pace.expected !== goal && (
        <span className="pace" style={{ left: at(pace.expected) }} />
      )}
      <span className="goal" style={{ left: at(goal) }} />
    </div>
  );
}
