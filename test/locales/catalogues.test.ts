import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import { builderEn } from '../../locales/en/builder.ts';
import { dataEn } from '../../locales/en/data.ts';
import { dataEs } from '../../locales/es/data.ts';
import { webEn } from '../../locales/en/web.ts';
import { builderEs } from '../../locales/es/builder.ts';
import { webEs } from '../../locales/es/web.ts';
import { catalogues } from '../../locales/index.ts';
import { translateTo } from '../../src/node/server/language.ts';

/** Both languages say the same things, and every key that the program names is there. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = { es: catalogues('es'), en: catalogues('en') };
const NAMES = [
  'rule',
  'agreement',
  'difference',
  'ingest',
  'load',
  'store',
  'measure',
  'server',
  'cli',
  'live',
  'identity',
  'web',
  'builder',
  'data',
];
type Messages = Readonly<Record<string, string>>;
const PAIRS: readonly (readonly [Messages, Messages])[] = [
  ...PROGRAM.es.map((es, index) => [es, PROGRAM.en[index] ?? {}] as const),
  [webEs, webEn] as const,
  [builderEs, builderEn] as const,
  [dataEs, dataEn] as const,
];

function partsOf(option: unknown): readonly unknown[] {
  return typeof option === 'object' && option !== null && 'value' in option && Array.isArray(option.value)
    ? option.value
    : [];
}

/** The names of the values that a message takes. */
function valuesOf(message: string): readonly string[] {
  const names = new Set<string>();
  const gather = (elements: readonly unknown[]): void => {
    for (const element of elements) {
      if (typeof element !== 'object' || element === null) continue;
      if ('type' in element && 'value' in element && element.type !== 0 && element.type !== 7)
        names.add(String(element.value));
      if ('options' in element && typeof element.options === 'object' && element.options !== null)
        for (const option of Object.values(element.options)) gather(partsOf(option));
    }
  };
  gather(new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true }).getAst());
  return [...names].toSorted();
}

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts')) yield path;
  }
}

interface Said {
  readonly code: string;
  /** The names of the values given, null where they cannot be read off the source. */
  readonly values: readonly string[] | null;
  readonly path: string;
}

/** Every `fault('code', { … })` and `warning(…)` of the program. */
function diagnostics(): readonly Said[] {
  return [...sources(join(ROOT, 'src'))].flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    return [...text.matchAll(/\b(?:fault|warning)\(\s*'([\w.]+)'\s*(,\s*\{)?/g)].map((match) => {
      const [whole, code = '', opening] = match;
      if (opening === undefined) {
        const next = text.slice(match.index + whole.length).trimStart();
        return { code, values: next.startsWith(')') ? [] : null, path };
      }
      let depth = 1;
      let at = match.index + whole.length;
      const start = at;
      for (; depth > 0 && at < text.length; at += 1) {
        if ('{[('.includes(text[at] ?? '')) depth += 1;
        if ('}])'.includes(text[at] ?? '')) depth -= 1;
      }
      const body = text.slice(start, at - 1);
      if (body.includes('...')) return { code, values: null, path };
      // Only names at the first level: nested brackets are taken out.
      let flat = body;
      for (let before = ''; before !== flat;) {
        before = flat;
        flat = flat.replaceAll(/\([^()]*\)|\{[^{}]*\}|\[[^[\]]*\]/g, '');
      }
      const values = flat
        .replaceAll(/'[^']*'|`[^`]*`/g, "''")
        .split(',')
        .map((part) => part.trim().split(':')[0]?.trim() ?? '')
        .filter((name) => name !== '');
      return { code, values, path };
    });
  });
}

describe.each(PAIRS.map(([es, en], index) => [NAMES[index] ?? '', es, en] as const))('%s', (_, es, en) => {
  test('has the same keys in both languages', () => {
    expect(Object.keys(es).toSorted()).toEqual(Object.keys(en).toSorted());
  });

  test('takes the same values in both languages', () => {
    const differing = Object.entries(es).filter(
      ([key, message]) => valuesOf(message).join() !== valuesOf(en[key] ?? '').join(),
    );
    expect(differing.map(([key]) => key)).toEqual([]);
  });
});

describe('what an import brought', () => {
  const counts = { read: 1, accepted: 1, unchanged: 0, rejected: 0 };
  test.each([
    ['es', counts, '1 fila: 1 aceptada, 0 sin cambios, 0 rechazadas'],
    [
      'es',
      { read: 2, accepted: 0, unchanged: 1, rejected: 1 },
      '2 filas: 0 aceptadas, 1 sin cambios, 1 rechazada',
    ],
    [
      'es',
      { ...counts, read: 12_345, accepted: 12_345 },
      '12.345 filas: 12.345 aceptadas, 0 sin cambios, 0 rechazadas',
    ],
    ['en', counts, '1 row: 1 accepted, 0 unchanged, 0 rejected'],
  ] as const)('agrees in number in %s: %o', (language, values, text) => {
    expect(translateTo(language)('cli.import.counts', values)).toBe(text);
  });
});

test('no key stands in two catalogues', () => {
  const keys = PROGRAM.en.flatMap((catalogue) => Object.keys(catalogue));
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

describe('every diagnostic', () => {
  const messages: Readonly<Record<string, string>> = Object.assign({}, ...PROGRAM.en);
  const all = diagnostics();

  test('is found in the sources', () => {
    expect(all.length).toBeGreaterThan(80);
  });

  test('has its message', () => {
    expect(all.filter(({ code }) => !Object.hasOwn(messages, code)).map(({ code }) => code)).toEqual([]);
  });

  test('gives its message all the values that it takes', () => {
    const lacking = all.flatMap(({ code, values, path }) => {
      if (values === null) return [];
      const taken = [code, `${code}.hint`, `${code}.hint_far`].flatMap((key) =>
        valuesOf(messages[key] ?? ''),
      );
      const missing = taken.filter((name) => !values.includes(name));
      return missing.map((name) => `${path.slice(ROOT.length)}: ${code} lacks ${name}`);
    });
    expect([...new Set(lacking)]).toEqual([]);
  });
});

test('every key that the pages name is there', () => {
  const web: Readonly<Record<string, string>> = Object.assign({}, webEn, builderEn, ...PROGRAM.en);
  const named = [...sources(join(ROOT, 'web', 'src'))].flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/\bt\('([\w.]+)'/g)].map(([, key = '']) => key),
  );
  expect(named.length).toBeGreaterThan(80);
  expect(named.filter((key) => !Object.hasOwn(web, key))).toEqual([]);
});
