/**
 * What decides the random data of a run. The same for each `npm test`, so that it fails for what has changed;
 * another for each `npm run test:deep`, `test:chaos` and `test:fuzz`. A failing test tells its seed.
 */
export const SEED = Number(process.env['TREGUA_SEED'] ?? 20_261_124);
