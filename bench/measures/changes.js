import { KNOWN, sameAge } from '../baseline.js';
import { RANGE } from '../questions.js';

const STAGES = ['lead', 'profiled', 'contacted', 'qualified', 'meeting', 'sale'];
const DIMENSIONS = ['zone', 'age_band', 'service', 'seller', 'campaign', 'source'];

/** Counts of both periods by stage, and by stage and group of each dimension. */
function tallySql(where, known) {
  // The year before as it stood when it was as old as this one is now.
  const then = `(${sameAge(RANGE.until, RANGE.to, known)})`;
  const by = { before: (stage) => ` and day_${stage} <= ${then}`, after: () => '' };
  const counts = (period, first, last) =>
    STAGES.map(
      (stage) =>
        `count(at_${stage}) filter (where created_day between DATE '${first}' and DATE '${last}'${by[period](stage)})::DOUBLE as ${period}_${stage}`,
    );
  const sold = (period, first, last) =>
    `count(at_sale) filter (where at_meeting is not null and created_day between DATE '${first}' and DATE '${last}'${by[period]('sale')}${by[period]('meeting')})::DOUBLE as ${period}_sold`;
  const figures = [
    sold('before', RANGE.before, RANGE.until),
    sold('after', RANGE.from, RANGE.to),
    ...counts('before', RANGE.before, RANGE.until),
    ...counts('after', RANGE.from, RANGE.to),
  ];
  return `select ${DIMENSIONS.join(', ')}, grouping_id(${DIMENSIONS.join(', ')}) as set, ${figures.join(', ')}
    from lead_fact where created_day between DATE '${RANGE.before}' and DATE '${RANGE.to}' and ${where}
    group by grouping sets ((), ${DIMENSIONS.map((name) => `(${name})`).join(', ')})`;
}

/** The parts by the logarithmic mean, and the rate and mix effects at midpoints, of counts that are not zero. */
function decompose(rows) {
  const ofSet = (set) => rows.filter((row) => Number(row.set) === set);
  const everything = 2 ** DIMENSIONS.length - 1;
  const [total] = ofSet(everything);
  const last = STAGES.at(-1);
  const [from, to] = [total[`before_${last}`], total[`after_${last}`]];
  const weight = (to - from) / Math.log(to / from);
  const parts = STAGES.map((stage, position) => {
    const ratio = total[`after_${stage}`] / total[`before_${stage}`];
    const previous = STAGES[position - 1];
    const before = previous ? total[`after_${previous}`] / total[`before_${previous}`] : 1;
    return weight * Math.log(ratio / before);
  });
  const effects = DIMENSIONS.flatMap((_, nth) => {
    const groups = ofSet(everything - 2 ** (DIMENSIONS.length - 1 - nth));
    return STAGES.slice(1).map((each, position) => {
      const previous = STAGES[position];
      // A sale needs no meeting: those of the leads that had one.
      const stage = each === 'sale' ? 'sold' : each;
      let rate = 0;
      for (const row of groups) {
        if (row[`before_${previous}`] === 0 || row[`after_${previous}`] === 0) continue;
        const weights =
          row[`before_${previous}`] / total[`before_${previous}`] +
          row[`after_${previous}`] / total[`after_${previous}`];
        const change =
          row[`after_${stage}`] / row[`after_${previous}`] -
          row[`before_${stage}`] / row[`before_${previous}`];
        rate += (weights / 2) * change;
      }
      return rate;
    });
  });
  return { parts: parts.map(tenThousandths), effects: effects.map(tenThousandths) };
}

function tenThousandths(value) {
  return Number(value.toFixed(4)) + 0;
}

function changesOf(name, filter, where) {
  return {
    name,
    measure: 'changes',
    question: (run) => ({ from: RANGE.from, to: RANGE.to, filter, top: 10 + run }),
    answer: ({ count, steps }) => ({
      parts: count.parts.map(({ part }) => tenThousandths(part)),
      effects: steps.map((step) => tenThousandths(step.rate_effect)),
    }),
    baseline: async ({ rows }) => {
      const [{ known }] = await rows(KNOWN);
      return decompose(await rows(tallySql(where, known)));
    },
  };
}

export const changes = changesOf('changes', [], 'true');
export const changesFiltered = changesOf('changes, filtered', ['service=implants'], "service = 'implants'");
