import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Those put something else in a module's place, or change the process that they run in. */
const CHANGING = 'private-store|kept-entries|patience';

/**
 * Tests that leave nothing behind in the modules that they load share them: to load them for each file takes some
 * seconds of processor.
 */
const SHARED = [
  'src/**/*.test.ts',
  'web/**/*.test.{ts,tsx}',
  `test/{cli,core,demo,golden,identity,ingest,live,load,locales,property,server}/**/!(${CHANGING}).test.ts`,
];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Native engines in every file: more workers than cores only fight over them.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['test/**/*.test.ts'],
          exclude: SHARED,
          globalSetup: ['test/templates.ts'],
        },
      },
      { extends: true, test: { name: 'shared', include: SHARED, isolate: false } },
    ],
  },
});
