// A tap in Singer's words, for tests: leads from the one after its state up to `leads` of its configuration, with a
// state every `every`. It writes a new token into its configuration, as taps do when one expires.
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';

const option = (name) => {
  const position = process.argv.indexOf(name);
  return position < 0 ? null : process.argv[position + 1];
};
const configPath = option('--config');
const config = JSON.parse(readFileSync(configPath, 'utf8'));
const statePath = option('--state');
const state = statePath === null ? {} : JSON.parse(readFileSync(statePath, 'utf8'));
writeFileSync(configPath, JSON.stringify({ ...config, token: `${config.token ?? ''}+` }));
process.stderr.write(`tap: token ${config.token ?? ''}, from ${state.last ?? 0}\n`);

async function say(message) {
  if (!process.stdout.write(`${JSON.stringify(message)}\n`)) await once(process.stdout, 'drain');
}

await say({
  type: 'SCHEMA',
  stream: 'people',
  key_properties: ['lead_id'],
  schema: { properties: { lead_id: {}, created_at: {}, zone: {}, note: {} } },
});
const note = 'x'.repeat(config.note ?? 0);
for (let id = (state.last ?? 0) + 1; id <= config.leads; id += 1) {
  // At least once: the last of the state is told again.
  if (id > 1 && id === (state.last ?? 0) + 1) await say(lead(id - 1));
  await say(lead(id));
  if (id % (config.every ?? 100) === 0) await say({ type: 'STATE', value: { last: id } });
  if (id === config.dies) process.exit(7);
  if (id === config.errs) await say('oh no');
}
await say({ type: 'STATE', value: { last: config.leads } });

function lead(id) {
  return {
    type: 'RECORD',
    stream: 'people',
    record: { lead_id: `L${id}`, created_at: '2026-02-01', zone: `z${id % 7}`, note },
  };
}
