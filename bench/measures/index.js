import { changes, changesFiltered } from './changes.js';
import { maturity } from './maturity.js';
import { criteria } from './criteria.js';
import { targets, targetsFiltered } from './targets.js';
import { handoffs } from './handoffs.js';
import { whatif, whatifActivity } from './whatif.js';
import { lists } from './lists.js';
import { opportunities, opportunitiesFiltered } from './opportunities.js';

/**
 * The measures that are timed beside an analyst's own way to the same figures. Each has the `question` (another
 * one for each run: the same would be answered from memory), the figures of the `answer` that are compared, and
 * the `baseline` that finds them over the analyst's tables with `rows(sql)`.
 */
const all = [
  ...lists,
  changes,
  changesFiltered,
  maturity,
  criteria,
  opportunities,
  opportunitiesFiltered,
  targets,
  targetsFiltered,
  handoffs,
  whatif,
  whatifActivity,
];

/** Those that `--only` names, by a part of their name; all of them without it. */
const only = (process.env['TREGUA_BENCH_ONLY'] ?? '').split(',').filter((each) => each !== '');
export const measures = all.filter(
  ({ name }) => only.length === 0 || only.some((each) => name.includes(each)),
);
