import { createReadStream } from 'node:fs';
import { copyFile, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openWorkspace } from '../dist/src/node/app/local-workspace.js';
import { leadsSql } from './data.js';
import { tell, timed } from './questions.js';

const [step, folder, leads, limit] = process.argv.slice(2);
const path = join(folder, 'large.csv');
process.env['TREGUA_MEMORY'] = `${limit}MB`;

function valueOf(result) {
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.value;
}

const steps = {
  async generate() {
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: '1GB',
      preserve_insertion_order: 'false',
    });
    const connection = await instance.connect();
    await connection.run(`copy (${leadsSql(Number(leads))}) to '${path}' (header, delimiter ',')`);
    connection.closeSync();
    instance.closeSync();
    tell({ bytes: (await stat(path)).size });
  },

  /** All that `tregua import` does, from the file's bytes to the facts derived, in this process. */
  async import() {
    const home = join(folder, 'memory');
    await rm(home, { recursive: true, force: true });
    await mkdir(home);
    await copyFile(new URL('agreement.yaml', import.meta.url), join(home, 'tregua.yaml'));
    let heap = 0;
    const watch = setInterval(() => {
      const { heapUsed, external } = process.memoryUsage();
      heap = Math.max(heap, (heapUsed + external) / 2 ** 20);
    }, 250);
    const workspace = valueOf(await openWorkspace(home));
    const time = await timed(async () => {
      const content = createReadStream(path, { highWaterMark: 1 << 20 });
      const { accepted } = valueOf(await workspace.importFile({ content, fileName: 'large.csv' }));
      if (accepted !== Number(leads)) throw new Error(`${accepted} of ${leads} leads were accepted`);
    });
    await workspace.close();
    clearInterval(watch);
    await rm(home, { recursive: true, force: true });
    tell({ time, heap });
  },
};

await steps[step]();
