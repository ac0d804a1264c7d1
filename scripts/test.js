import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { testBrowser } from './chromium.js';
import { databases } from './databases.js';
import { build, install, root } from './prepare.js';

const flags = new Set(process.argv.slice(2));
install();
build();

databases();
const [only = []] = Object.entries({ deep: 'test/property', chaos: 'test/chaos', fuzz: 'test/fuzz' })
  .filter(([flag]) => flags.has(`--${flag}`))
  .map(([, folder]) => [folder]);
const environment = { ...process.env, CHROMIUM_PATH: await testBrowser() };
if (only.length > 0) environment['TREGUA_SEED'] ??= String(Date.now() % 2 ** 31);
if (flags.has('--deep')) environment['TREGUA_CASES'] = '100000';
if (flags.has('--chaos')) environment['TREGUA_KILLS'] = '1000';
if (flags.has('--fuzz')) environment['TREGUA_INPUTS'] = '1000000';

/** Types, lint and format count as one test each. */
const checks =
  only.length > 0
    ? []
    : [
        ['tsc', ['-b']],
        ['oxlint', ['--type-aware', '--deny-warnings']],
        ['prettier', ['--check', '.']],
      ];
/** All at once: two of them use one core each. */
const statuses = await Promise.all(
  checks.map(
    ([name, words]) =>
      new Promise((resolve, reject) => {
        const child = spawn(join(root, 'node_modules', '.bin', name), words, {
          cwd: root,
          stdio: 'inherit',
          shell: process.platform === 'win32',
        });
        child.once('error', reject);
        child.once('close', resolve);
      }),
  ),
);
let passed = statuses.filter((status) => status === 0).length;
let failed = statuses.length - passed;

mkdirSync(join(root, 'test-artefacts'), { recursive: true });
const report = join(root, 'test-artefacts', 'tests.json');
rmSync(report, { force: true });
const tests = spawnSync(
  join(root, 'node_modules', '.bin', 'vitest'),
  ['run', ...only, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  { cwd: root, stdio: 'inherit', env: environment, shell: process.platform === 'win32' },
);
if (existsSync(report)) {
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
  passed += numPassedTests;
  failed += numFailedTests;
}
// A file that does not load fails without a test of its own.
if (tests.status !== 0 && failed === 0) failed += 1;
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
