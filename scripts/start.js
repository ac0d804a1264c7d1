import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, install, root, run } from './prepare.js';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `Tregua needs Node 20.19 or later; this is ${process.versions.node}. / Tregua necesita Node 20.19 o posterior.\n`,
  );
  process.exit(2);
}

install();
build();

const home = join(root, 'demo');
const tregua = join(root, 'bin', 'tregua.js');
// A demo that was cut off while it was being made has no mark, and is made anew: its data are made up.
const mark = join(home, '.tregua', 'demo-is-whole');
if (!existsSync(mark)) {
  rmSync(home, { recursive: true, force: true });
  run(process.execPath, [tregua, 'demo', home]);
  writeFileSync(mark, '');
}

const server = spawn(process.execPath, [tregua, '--home', home, 'serve', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.on('exit', (code) => process.exit(code ?? 0));
