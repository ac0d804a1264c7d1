import { createReadStream } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { underOne } from '../dist/src/core/agreement/rulebook.js';
import { prepareHome, readAgreement, storeFolder } from '../dist/src/node/app/home.js';
import { openWorkspace } from '../dist/src/node/app/local-workspace.js';
import { Projector } from '../dist/src/node/app/projector.js';
import { resolveMapping } from '../dist/src/node/ingest/resolve.js';
import { SqliteLedger } from '../dist/src/node/ledger/sqlite.js';
import { openDuckdb } from '../dist/src/node/warehouse/duckdb.js';
import { criteriaSumsSql, rollupSumsSql } from './baseline.js';
import { measures } from './measures/index.js';
import { endOf, medianTime, MEMORY, PAGES, RANGE, tell, timed } from './questions.js';
import { raw } from '../dist/src/core/sql/sql.js';

const [step, folder, ...rest] = process.argv.slice(2);
const home = join(folder, 'home');
process.env['TREGUA_MEMORY'] = MEMORY;

function valueOf(result) {
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.value;
}

/** The stores of the home, with nothing done to them yet. */
async function open() {
  valueOf(await prepareHome(home));
  const { agreement } = valueOf(await readAgreement(home));
  const ledger = SqliteLedger.open(storeFolder(home));
  const warehouse = await openDuckdb({
    path: join(storeFolder(home), 'warehouse.duckdb'),
    files: ledger.filesFolder,
    temporary: join(storeFolder(home), 'tmp'),
    memory: MEMORY,
  });
  const projector = new Projector(warehouse, ledger, underOne(agreement));
  await projector.prepare();
  return {
    agreement,
    ledger,
    warehouse,
    projector,
    close: async () => {
      await warehouse.close();
      await ledger.close();
    },
  };
}

const steps = {
  /** From the file's bytes to its typed rows in the warehouse, with all that `tregua import` does but deriving. */
  async import() {
    await mkdir(home, { recursive: true });
    await copyFile(new URL('agreement.yaml', import.meta.url), join(home, 'tregua.yaml'));
    const { agreement, ledger, projector, close } = await open();
    const parts = {};
    const take = async (name) => {
      const path = join(folder, name);
      let stored, mapping;
      parts[`${name} stored and recognised`] = await timed(async () => {
        const content = createReadStream(path, { highWaterMark: 1 << 20 });
        const { stored: kept, seen } = await ledger.storeWhile(content, (where, growth) =>
          resolveMapping(where, { agreement, fileName: basename(path), mappings: [] }, growth),
        );
        stored = kept;
        mapping = valueOf(seen);
      });
      parts[`${name} read`] = await timed(async () => {
        await ledger.append({
          source: mapping.source,
          externalId: stored.hash,
          file: { hash: stored.hash, name, bytes: stored.bytes },
          kept: 'file',
          mapping,
        });
        const [report] = await projector.catchUp();
        if (report.rejected > 0) throw new Error(`${report.rejected} rows of ${name} were refused`);
      });
    };
    const leads = await timed(() => take('leads.csv'));
    const activities = await timed(() => take('activities.csv'));
    await close();
    tell({ leads, activities, parts });
  },

  async derive() {
    const { warehouse, projector, close } = await open();
    await warehouse.transaction((transaction) =>
      transaction.run(raw("delete from meta where key = 'derived'")),
    );
    const time = await timed(() => projector.derive(new Date().toISOString()));
    const answer = [
      await warehouse.query(raw(rollupSumsSql())),
      await warehouse.query(raw(criteriaSumsSql('lead_facts'))),
    ];
    await close();
    tell({ time, answer });
  },

  async pages(runs) {
    const workspace = valueOf(await openWorkspace(home));
    const result = {};
    for (const [name, { filter }] of Object.entries(PAGES)) {
      const ask = async (top, to = RANGE.to) =>
        valueOf(await workspace.ask('page', { from: RANGE.from, to, compare: 'previous', filter, top }));
      const answer = await ask(100);
      const times = [];
      // Another question each time, of other days: statements that were asked before are answered from memory.
      for (let run = 1; run <= runs; run += 1) times.push(await timed(() => ask(100, endOf(run))));
      result[name] = { time: medianTime(times), answer: pageAnswer(answer) };
    }
    await workspace.close();
    tell(result);
  },

  async measures(runs) {
    const workspace = valueOf(await openWorkspace(home));
    const result = {};
    for (const { name, measure, question, draft, answer } of measures) {
      // The timed ones are of other days than any before: statements that were asked are answered from memory.
      const questionOf = (run) => {
        const asked = question(run);
        return run > 0 && asked.to === RANGE.to ? { ...asked, to: endOf(run) } : asked;
      };
      const ask = (run) =>
        workspace.ask(
          measure,
          questionOf(run),
          ...(draft === undefined ? [] : [{ text: draft, file: 'draft.yaml' }]),
        );
      const figures = answer(valueOf(await ask(0)));
      const times = [];
      for (let run = 1; run <= runs; run += 1) {
        times.push(await timed(async () => valueOf(await ask(run))));
      }
      result[name] = { time: medianTime(times), answer: figures };
    }
    await workspace.close();
    tell({ measures: result });
  },
};

/** The figures of a page in the form in which they are compared with the analyst's. */
function pageAnswer({ funnel, trend, breakdowns }) {
  const stages = funnel.stages.map((stage) => stage.id);
  const sum = (points) =>
    stages.map((stage) => points.reduce((total, point) => total + point.counts[stage], 0));
  return {
    value: funnel.value,
    stages: funnel.stages.map((stage) => [
      stage.id,
      stage.count,
      stage.open,
      stage.lost,
      stage.late,
      stage.skipped,
      stage.change.count,
    ]),
    trend: sum(trend.points),
    previous: sum(trend.previous),
    breakdowns: Object.fromEntries(
      breakdowns.map((breakdown) => [
        breakdown.dimension,
        breakdown.groups
          .filter((group) => group.kind !== 'total')
          .map((group) => [group.value ?? '', group.counts.lead, group.counts.sale])
          .toSorted((a, b) => (a[0] < b[0] ? -1 : 1)),
      ]),
    ),
  };
}

await steps[step](...rest.map(Number));
