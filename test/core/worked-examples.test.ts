import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { difference } from '../../src/core/stats/difference.ts';
import { cumulativeIncidence } from '../../src/core/stats/incidence.ts';
import { logarithmicMean, productChange } from '../../src/core/stats/product-change.ts';
import { wilsonInterval } from '../../src/core/stats/wilson.ts';

/** The figures that docs/measures works out by hand are those that the program works out. */

function page(name: string): string {
  const text = readFileSync(new URL(`../../docs/measures/${name}.md`, import.meta.url), 'utf8');
  return text.replaceAll(/\s+/g, ' ');
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
const percent = (share: number): string => (share * 100).toFixed(1);

function wilson(numerator: number, denominator: number): Parameters<typeof difference>[0] {
  const interval = wilsonInterval(numerator, denominator);
  if (interval === null) throw new RangeError('no interval');
  return { value: numerator / denominator, ...interval };
}

test('what changed: 1,000 → 1,200 leads, .60 → .50, .50 → .55, .10 → .08', () => {
  const parts = productChange([1000, 600, 300, 30], [1200, 600, 330, 26.4]);
  expect(page('changes')).toContain(`= ${logarithmicMean(26.4, 30).toFixed(2)}; the parts are`);
  expect(page('changes')).toContain(`: ${parts.map(signed).join(', ')}, together −3.6.`);
});

test('criteria: 17 of 50 against 3 of 50', () => {
  const [pass, fail] = [wilson(17, 50), wilson(3, 50)];
  const between = ({ low, high }: { low: number; high: number }): string =>
    `${percent(low)}–${percent(high)} %`;
  expect(page('criteria')).toContain(`intervals are ${between(pass)} and ${between(fail)};`);
  const { low, high } = difference(pass, fail);
  expect(page('criteria')).toMatch(
    new RegExp(`28 − √.* = ${percent(low)} to 28 \\+ √.* = ${percent(high)}\\.`),
  );
});

test('maturity: 50 % where the plain rate is 35 %', () => {
  const ends = { reached: 0, lost: 0, open: 0 };
  const points = cumulativeIncidence([
    { ...ends, time: 5, reached: 20 + 20 },
    { ...ends, time: 7, open: 80 },
    { ...ends, time: 10, reached: 20 },
    { ...ends, time: 30, reached: 10 },
    { ...ends, time: 90, open: 50 },
  ]);
  const [young, all] = [points[0]?.incidence ?? 0, points.at(-1)?.incidence ?? 0];
  expect(page('maturity')).toContain(`1 − 0.8 · 0.75 · 5/6 = ${(all * 100).toFixed(0)} %`);
  const left = (all - young) / (1 - young);
  expect(page('maturity')).toContain(`= ${left.toFixed(3)} left, ${(80 * left).toFixed(0)} sales in all`);
});

test('hand-overs: three of six', () => {
  const { low, high } = wilson(3, 6);
  expect(page('handoffs')).toContain(
    `50 %, and the interval from ${(low * 100).toFixed(0)} to ${(high * 100).toFixed(0)} %`,
  );
});

test('the back-test of targets adds up', () => {
  for (const data of ['demo', 'olist']) {
    const rows = [
      ...page('targets').matchAll(
        new RegExp(
          `\\| ${data} \\| ([^|]+)\\|[^|]+\\|[^|]+\\|[^|]+\\| (\\d+) of (\\d+)( \\(([\\d.]+) %\\))? \\|`,
          'g',
        ),
      ),
    ];
    const inside = rows.map(([, metric = '', hit, of, , share]) => ({
      metric: metric.trim(),
      hit: Number(hit),
      of: Number(of),
      share,
    }));
    const all = inside.pop();
    const sum = (side: 'hit' | 'of'): number => inside.reduce((total, each) => total + each[side], 0);
    expect(all).toEqual({
      metric: 'all',
      hit: sum('hit'),
      of: sum('of'),
      share: percent(sum('hit') / sum('of')),
    });
    expect(inside.length).toBeGreaterThanOrEqual(3);
  }
});
