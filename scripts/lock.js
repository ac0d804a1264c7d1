import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run } from './prepare.js';

// A registry mirror may carry the native packages of one platform only, and npm then leaves the others out
// of the lock file that it writes: `npm ci` would refuse the lock everywhere. This names them again, with the
// version that their parent pins; what npm installs on those platforms it checks against the registry alone.
// It is written in an empty folder: beside installed packages npm leaves their checksums out.
const path = join(root, 'package-lock.json');
const bare = mkdtempSync(join(tmpdir(), 'tregua-lock-'));
copyFileSync(join(root, 'package.json'), join(bare, 'package.json'));
run('npm', ['install', '--package-lock-only', '--no-audit', '--no-fund'], { cwd: bare });
const lock = JSON.parse(readFileSync(join(bare, 'package-lock.json'), 'utf8'));
rmSync(bare, { recursive: true });
const systems = ['darwin', 'linux', 'win32', 'android', 'freebsd', 'openharmony'];
const processors = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el'];

for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (lock.packages[`node_modules/${name}`]) continue;
    const parts = name.split('/').at(-1).split('-');
    const system = systems.find((each) => parts.includes(each));
    const processor = processors.find((each) => parts.includes(each));
    if (system === undefined || processor === undefined) continue;
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu: [processor],
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
      os: [system],
    };
  }
}
const sorted = Object.entries(lock.packages).sort(([one], [other]) => (one < other ? -1 : 1));
lock.packages = Object.fromEntries(sorted);
writeFileSync(path, JSON.stringify(lock, null, 2) + '\n');
