import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** The folder of the repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a command of the repository's; ends this process with its status where it fails. */
export function run(command, words, options = {}) {
  const result = spawnSync(command, words, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    ...options,
  });
  if (result.error) throw result.error;
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** A program that a dependency brings. */
export function tool(name, words, options) {
  run(join(root, 'node_modules', '.bin', name), words, options);
}

function stampPath(name) {
  return join(root, 'node_modules', `.tregua-${name}`);
}

function isStamped(name, value) {
  return existsSync(stampPath(name)) && readFileSync(stampPath(name), 'utf8') === value;
}

function stamp(name, value) {
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stampPath(name), value);
}

/** Installs what the lock file names, where it is not installed yet. */
export function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (isStamped('lock', lock)) return;
  process.stdout.write('Installing what is missing… / Instalando lo que falta…\n');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  stamp('lock', lock);
}

/** Where the sources of the program are, and the files that say how to build them. */
const SOURCES = ['src', 'web', 'locales', 'package-lock.json', 'tsconfig.base.json'];

function* filesOf(path) {
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path).sort()) yield* filesOf(join(path, name));
  } else {
    yield path;
  }
}

function sourceHash() {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of filesOf(join(root, source)))
      hash.update(file.slice(root.length)).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Beside each script and sheet, the same compressed as well as it goes: the server need not do it at every visit. */
function pack(folder) {
  for (const name of readdirSync(folder).filter((each) => /\.(?:js|css)$/.test(each))) {
    const content = readFileSync(join(folder, name));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content));
  }
}

/** Builds the program and its pages, where their sources changed since. */
export function build() {
  const hash = sourceHash();
  const made = ['dist/program/main.js', 'dist/web/index.html'];
  if (isStamped('build', hash) && made.every((path) => existsSync(join(root, path)))) return;
  process.stdout.write('Building… / Construyendo…\n');
  tool('tsc', ['-b', 'src/node']);
  tool('vite', ['build', '--logLevel', 'warn']);
  tool('vite', ['build', 'web', '--logLevel', 'warn']);
  pack(join(root, 'dist/web/assets'));
  stamp('build', hash);
}
