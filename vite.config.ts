import { defineConfig } from 'vite';

/**
 * The program in a few files, of what `tsc` made: to find and open a thousand of its modules and of others' takes
 * longer than most commands.
 */
export default defineConfig({
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist/program',
    emptyOutDir: true,
    copyPublicDir: false,
    // Their names and lines are told with NODE_OPTIONS=--enable-source-maps.
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: { main: 'dist/src/node/cli/main.js' },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
  ssr: {
    target: 'node',
    noExternal: true,
    // What is native finds its own file.
    external: ['@duckdb/node-bindings', 'libsql'],
  },
});
