/** Days of each figure that a target counts; the last is money. */
const SERIES = {
  lead: { relation: 'lead_fact', day: 'created_day', sum: 'count(*)' },
  profiled: { relation: 'lead_fact', day: 'day_profiled', sum: 'count(*)' },
  sale: { relation: 'lead_fact', day: 'day_sale', sum: 'count(*)' },
  implants: { relation: 'lead_fact', day: 'day_sale', sum: 'count(*)', where: "service = 'implants'" },
  value: {
    relation: '(select v.*, f.service from sale_value v join lead_fact f using (lead_id))',
    day: 'day',
    sum: 'sum(amount)',
  },
};

const TO = '2025-12-10';
const FROM = '2025-06-01';

function dailySql({ relation, day, sum, where = 'true' }, of) {
  return `select ${day}::VARCHAR as day, (${sum})::DOUBLE as figure from ${relation}
    where ${day} between DATE '${FROM}' and DATE '${TO}' and ${where} and ${of} group by ${day}`;
}

/** By month, with the last one up to its tenth day. */
async function monthly(rows, name, of) {
  const months = new Map();
  for (const { day, figure } of await rows(dailySql(SERIES[name], of))) {
    const month = day.slice(0, 7);
    months.set(month, (months.get(month) ?? 0) + figure);
  }
  return months;
}

function targetsOf(name, filter, of) {
  return {
    name,
    measure: 'targets',
    // Asked as it stood on the tenth; another length of history makes another question of it.
    question: (run) => ({ to: TO, history: 6 + run, filter }),
    answer: ({ targets }) =>
      Object.fromEntries(
        targets.map(({ id, value, history }) => [
          id,
          [...history.slice(-6).map((past) => past.value), value].map(tenThousandths),
        ]),
      ),
    baseline: async ({ rows }) => {
      const found = {};
      for (const series of Object.keys(SERIES)) found[series] = await monthly(rows, series, of);
      const list = (of) =>
        [...found.lead.keys()].toSorted((a, b) => (a < b ? -1 : 1)).map((month) => tenThousandths(of(month)));
      return {
        leads: list((month) => found.lead.get(month)),
        profiled_share: list((month) => found.profiled.get(month) / found.lead.get(month)),
        sales: list((month) => found.sale.get(month)),
        implants: list((month) => found.implants.get(month)),
        revenue: list((month) => found.value.get(month)),
      };
    },
  };
}

function tenThousandths(value) {
  return Number(value.toFixed(4));
}

export const targets = targetsOf('targets', [], 'true');
export const targetsFiltered = targetsOf('targets, filtered', ['service=implants'], "service = 'implants'");
