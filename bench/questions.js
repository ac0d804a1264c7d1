/** The page that both sides are asked: a year, compared with the one before. */
export const RANGE = { from: '2025-01-01', to: '2025-12-31', before: '2024-01-01', until: '2024-12-31' };

/** The day some days before the end of the year: another question each run, of nearly the same leads. */
export function endOf(run) {
  return new Date(Date.parse(RANGE.to) - run * 86_400_000).toISOString().slice(0, 10);
}

export const PAGES = {
  unfiltered: { filter: [], where: 'true' },
  filtered: { filter: ['service=implants'], where: "service = 'implants'" },
};

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Runs the work; seconds by the clock, and of the processors, which say more where others use the machine. */
export async function timed(work) {
  const start = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}

export function medianTime(times) {
  return { wall: median(times.map(({ wall }) => wall)), cpu: median(times.map(({ cpu }) => cpu)) };
}

/** Ends a step: what it measured, for the one who started it. */
export function tell(result) {
  const peak = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ ...result, peak })}\n`);
}

export const MEMORY = '2500MB';
