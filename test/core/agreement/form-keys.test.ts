import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { agreementFile } from '../../../src/core/agreement/schema.ts';

/** Every key that an agreement may have is told by the documents to have its place in the form. */

const TABLE = readFileSync(new URL('../../../docs/agreement.md', import.meta.url), 'utf8')
  .split('## As a form')[1]
  ?.split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| --'));

const node = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
});

function keysOf(schema: unknown): readonly string[] {
  const read = node.safeParse(schema).data ?? {};
  const within = [read.items, read.additionalProperties, ...Object.values(read.properties ?? {})];
  return [
    ...Object.keys(read.properties ?? {}),
    ...within.filter((each) => each !== undefined).flatMap(keysOf),
  ];
}

test('each key of the schema stands in the table of the form', () => {
  const told = (TABLE ?? []).flatMap((line) =>
    [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, key = '']) => key),
  );
  const keys = new Set(keysOf(z.toJSONSchema(agreementFile, { io: 'input' })));
  expect(keys.size).toBeGreaterThan(35);
  expect([...keys].toSorted()).toEqual([...new Set(told)].toSorted());
});
