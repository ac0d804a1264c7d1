#!/usr/bin/env node
import { existsSync } from 'node:fs';

const built = new URL('../dist/program/main.js', import.meta.url);
if (existsSync(built)) {
  const { main } = await import(built.href);
  await main(process.argv.slice(2));
} else {
  process.stderr.write(
    'Tregua is not built yet: run `npm start` once. / Falta construir Tregua: ejecuta `npm start` una vez.\n',
  );
  process.exitCode = 3;
}
