import { spawn } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
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
if (!existsSync(home)) {
  // Made aside and then put in place: one that was cut off while it was being made is made anew.
  const aside = join(root, '.demo-in-the-making');
  rmSync(aside, { recursive: true, force: true });
  run(process.execPath, [tregua, 'demo', aside], { stdio: ['inherit', 'ignore', 'inherit'] });
  renameSync(aside, home);
}

const server = spawn(process.execPath, [tregua, '--home', home, 'serve', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.on('exit', (code) => process.exit(code ?? 0));
