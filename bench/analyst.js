import { DuckDBInstance } from '@duckdb/node-api';
import { join } from 'node:path';
import {
  ACTIVITY_TYPES,
  criteriaSumsSql,
  dailySumsSql,
  derivationSql,
  LEAD_TYPES,
  loadSql,
  KNOWN,
  pageSql,
} from './baseline.js';
import { activitiesSql, leadsSql } from './data.js';
import { measures } from './measures/index.js';
import { medianTime, MEMORY, PAGES, RANGE, tell, timed } from './questions.js';

const [step, folder, ...rest] = process.argv.slice(2);

async function open(path) {
  const instance = await DuckDBInstance.create(path, {
    memory_limit: MEMORY,
    temp_directory: join(folder, 'tmp-analyst'),
    preserve_insertion_order: 'false',
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return {
    run: (text) => connection.run(text),
    rows: async (text) => (await connection.runAndReadAll(text)).getRowObjectsJS(),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

const steps = {
  /** Makes the two CSV files. */
  async generate(leads) {
    const base = await open(':memory:');
    const files = { 'leads.csv': leadsSql(leads), 'activities.csv': activitiesSql(leads) };
    for (const [name, query] of Object.entries(files)) {
      await base.run(`copy (${query}) to '${join(folder, name)}' (header, delimiter ',')`);
    }
    const [count] = await base.rows(`select count(*)::INTEGER as n from (${activitiesSql(leads)})`);
    base.close();
    tell({ activities: count.n });
  },

  async import() {
    const base = await open(join(folder, 'analyst.duckdb'));
    const leads = await timed(() => base.run(loadSql('lead', join(folder, 'leads.csv'), LEAD_TYPES)));
    const activities = await timed(() =>
      base.run(loadSql('activity', join(folder, 'activities.csv'), ACTIVITY_TYPES)),
    );
    base.close();
    tell({ leads, activities });
  },

  async derive() {
    const base = await open(join(folder, 'analyst.duckdb'));
    const parts = [];
    for (const statement of derivationSql()) parts.push(await timed(() => base.run(statement)));
    const sums = [await base.rows(dailySumsSql()), await base.rows(criteriaSumsSql('lead_fact'))];
    base.close();
    tell({ time: parts.reduce(added), parts, answer: sums });
  },

  async pages(runs) {
    const base = await open(join(folder, 'analyst.duckdb'));
    const [{ known }] = await base.rows(KNOWN);
    const result = {};
    for (const [name, { where }] of Object.entries(PAGES)) {
      const queries = pageSql({ ...RANGE, known, where });
      const rows = {};
      const ask = async () => {
        for (const [part, query] of Object.entries(queries)) rows[part] = await base.rows(query);
      };
      await ask();
      const times = [];
      for (let run = 0; run < runs; run += 1) times.push(await timed(ask));
      result[name] = { time: medianTime(times), answer: pageAnswer(rows) };
    }
    base.close();
    tell(result);
  },

  async measures(runs) {
    const base = await open(join(folder, 'analyst.duckdb'));
    const result = {};
    for (const { name, baseline } of measures) {
      const answer = await baseline(base);
      const times = [];
      for (let run = 0; run < runs; run += 1) times.push(await timed(() => baseline(base)));
      result[name] = { time: medianTime(times), answer };
    }
    base.close();
    tell({ measures: result });
  },
};

function added(left, right) {
  return { wall: left.wall + right.wall, cpu: left.cpu + right.cpu };
}

const STAGES = ['lead', 'profiled', 'contacted', 'qualified', 'meeting', 'sale'];

/** The figures of a page in the form in which the program's are compared with them. */
function pageAnswer(rows) {
  const number = (value) => Number(value ?? 0);
  const [total] = rows.total;
  const [before] = rows.before;
  const trend = (days) =>
    STAGES.map((stage) => days.reduce((sum, row) => sum + number(row[`n_${stage}`]), 0));
  const groups = (name) =>
    rows[name]
      .map((row) => [row.value ?? '', number(row.leads), number(row.sales)])
      .toSorted((a, b) => (a[0] < b[0] ? -1 : 1));
  return {
    value: number(total.amount),
    stages: STAGES.map((stage) => [
      stage,
      number(total[`n_${stage}`]),
      number(total[`open_${stage}`]),
      number(total[`lost_${stage}`]),
      number(total[`late_${stage}`]),
      number(total[`skip_${stage}`]),
      number(before[`n_${stage}`]),
    ]),
    trend: trend(rows.days),
    previous: trend(rows.daysBefore),
    breakdowns: Object.fromEntries(
      ['zone', 'age', 'service', 'seller', 'campaign'].map((name) => [name, groups(name)]),
    ),
  };
}

await steps[step](...rest.map(Number));
