import { createContext, use } from 'react';
import type { FunnelAnswer, StageAnswer } from '../../../src/core/measures/answer.ts';

/** The funnel with its times, once they have come: what shows them is drawn anew then, and nothing else. */
export const SpeedContext = createContext<FunnelAnswer | undefined>(undefined);

/** A stage with its times, once they have come. */
export function useSpeedOf({ id }: StageAnswer): StageAnswer | undefined {
  return use(SpeedContext)?.stages.find((stage) => stage.id === id);
}
