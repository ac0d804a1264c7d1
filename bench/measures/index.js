import { changes, changesFiltered } from './changes.js';
import { maturity } from './maturity.js';
import { criteria } from './criteria.js';
import { targets, targetsFiltered } from './targets.js';
import { handoffs } from './handoffs.js';
import { whatif, whatifActivity } from './whatif.js';

/**
 * The measures that are timed beside an analyst's own way to the same figures. Each has the `question` (another
 * one for each run: the same would be answered from memory), the figures of the `answer` that are compared, and
 * the `baseline` that finds them over the analyst's tables with `rows(sql)`.
 */
export const measures = [
  changes,
  changesFiltered,
  maturity,
  criteria,
  targets,
  targetsFiltered,
  handoffs,
  whatif,
  whatifActivity,
];
