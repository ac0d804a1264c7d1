import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'web/**/*.test.{ts,tsx}', 'test/**/*.test.ts'],
    globalSetup: ['test/templates.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores, native engines in every file: more workers only fight over them.
    maxWorkers: 2,
  },
});
