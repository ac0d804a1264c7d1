import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests that leave nothing behind in the modules that they load share them; the others load theirs for each file. */
const SHARED = ['src/**/*.test.ts', 'web/**/*.test.{ts,tsx}', 'test/{core,golden,locales}/**/*.test.ts'];

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
