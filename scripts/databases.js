import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const SERVERS = [
  {
    name: 'postgresql',
    places: ['/usr/lib/postgresql', '/usr/local/bin/postgres', '/opt/homebrew/bin/postgres'],
  },
  {
    name: 'mariadb-server',
    places: ['/usr/sbin/mariadbd', '/usr/local/bin/mariadbd', '/opt/homebrew/bin/mariadbd'],
  },
];

/**
 * The servers that the tests of databases start clusters of: on Debian they are installed where that is allowed. Where
 * one is not there, its tests are skipped.
 */
export function databases() {
  const missing = () => SERVERS.filter(({ places }) => !places.some((place) => existsSync(place)));
  const packages = missing().map(({ name }) => name);
  if (packages.length === 0) return;
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    spawnSync('apt-get', ['update', '-q'], { stdio: 'inherit' });
    spawnSync('apt-get', ['install', '-yq', '--no-install-recommends', ...packages], {
      stdio: 'inherit',
      // Nobody is there to answer, and no service is wanted.
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    });
  }
  for (const { name } of missing())
    process.stdout.write(
      `No ${name} here: its tests are skipped. / No hay ${name}: se omiten sus pruebas.\n`,
    );
}
