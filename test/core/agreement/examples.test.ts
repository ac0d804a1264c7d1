import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseAgreement } from '../../../src/core/agreement/parse.ts';
import { agreementJsonSchema } from '../../../src/core/agreement/schema.ts';
import { agreementTemplate } from '../../../src/core/agreement/template.ts';

/** The agreements that people begin with are right, and so is the schema that their editors read. */

const EXAMPLES = fileURLToPath(new URL('../../../examples/', import.meta.url));
const DESIGN = join(EXAMPLES, '..', '..', 'shared', 'design', 'example-tregua.yaml');

const files = [
  ...readdirSync(join(EXAMPLES, 'agreements')).map((name) => join(EXAMPLES, 'agreements', name)),
  join(EXAMPLES, 'olist', 'tregua.yaml'),
];

describe('examples', () => {
  test.each(files)('%s has no fault', (path) => {
    expect(parseAgreement(readFileSync(path, 'utf8'), path)).toMatchObject({ ok: true });
  });

  test.skipIf(!existsSync(DESIGN))('the design’s has no fault', () => {
    expect(parseAgreement(readFileSync(DESIGN, 'utf8'), DESIGN)).toMatchObject({ ok: true });
  });

  test('the template of `tregua init` has no fault, whatever the name', () => {
    for (const name of ['Acme', 'Clínica "Sonrisa": sí', "O'Brien & Co # 1"]) {
      for (const language of ['es', 'en'] as const) {
        const parsed = parseAgreement(
          agreementTemplate(language, { name, timezone: 'America/Bogota', currency: 'COP' }),
        );
        expect(parsed).toMatchObject({ ok: true, value: { name } });
      }
    }
  });
});

test('the schema in the repository is the one that the program checks by', () => {
  const written: unknown = JSON.parse(readFileSync(join(EXAMPLES, 'schema', 'tregua.schema.json'), 'utf8'));
  expect(written).toEqual(JSON.parse(JSON.stringify(agreementJsonSchema())));
});
