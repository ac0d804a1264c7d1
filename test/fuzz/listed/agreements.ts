import { expect } from 'vitest';
import { z } from 'zod';
import { AGREEMENT } from './desk.ts';
import type { Asked, Desk, Listed } from './desk.ts';

const CHECK = '/v1/agreement/check';

function lineOf(text: string, found: string): number {
  return text.slice(0, text.indexOf(found)).split('\n').length;
}

/** An agreement in which something was put in the place of something else: refused where that stands. */
async function refuses(desk: Desk, from: string, to: string, code: string, at = to): Promise<void> {
  const text = AGREEMENT.replace(from, to);
  expect(text).not.toBe(AGREEMENT);
  const asked = (): Asked => ({ method: 'POST', body: JSON.stringify({ text }) });
  await desk.refuses(CHECK, asked, { code, line: lineOf(text, at) });
}

/** A rule of a question that is refused. */
function refusesRule(desk: Desk, rule: string, code = 'rule.'): Promise<void> {
  return desk.refuses(`/v1/funnel?where=${encodeURIComponent(rule)}`, () => ({}), { code });
}

/** How many leads a rule keeps. */
async function keeps(desk: Desk, rule: string): Promise<number> {
  const response = await desk.ask(
    `/v1/funnel?where=${encodeURIComponent(rule)}&from=2026-01-01&to=2026-12-31`,
  );
  const body: { stages?: readonly { count: number }[] } = await response.json();
  expect([response.status, body]).toMatchObject([200, { stages: expect.any(Array) }]);
  return body.stages?.[0]?.count ?? 0;
}

const spans = z.object({
  versions: z.array(z.object({ from: z.string().nullable(), to: z.string().nullable(), state: z.string() })),
});

const BOMB = `bomb: &a [x, x, x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\n`;

export const AGREEMENTS: readonly Listed[] = [
  {
    nth: 71,
    name: 'aliases that expand',
    check: (desk) => refuses(desk, 'currency: EUR\n', `currency: EUR\n${BOMB}`, 'yaml.alias', '&a'),
  },
  {
    nth: 72,
    name: 'a merge key of __proto__',
    check: async (desk) => {
      await refuses(desk, 'areas: {', 'areas: { <<: { __proto__: { polluted: 1 } },', 'yaml.');
      await refuses(desk, 'areas: {', 'areas: { __proto__: { polluted: 1 },', 'yaml.');
      expect('polluted' in {}).toBe(false);
    },
  },
  {
    nth: 73,
    name: '!!js/function',
    check: (desk) => refuses(desk, 'name: Listed', 'name: !!js/function "f"', 'yaml.'),
  },
  {
    nth: 74,
    name: 'NO read as false',
    check: async (desk) => {
      const text = AGREEMENT.replace('name: Listed', 'name: NO').replace(
        'lead.age >= 18',
        'lead.zone == "NO"',
      );
      const response = await desk.ask(CHECK, { method: 'POST', body: JSON.stringify({ text }) });
      expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('"NO"')]);
    },
  },
  {
    nth: 75,
    name: 'a key twice',
    check: (desk) =>
      refuses(
        desk,
        'currency: EUR\n',
        'currency: EUR\ncurrency: MXN\n',
        'yaml.duplicate_key',
        'currency: MXN',
      ),
  },
  {
    nth: 76,
    name: 'stages in a circle',
    check: (desk) =>
      refuses(desk, '  - { id: adult,', '  - { id: adult, requires: sale,', 'yaml.', 'requires: sale'),
  },
  {
    nth: 77,
    name: 'effective dates that overlap',
    check: async (desk) => {
      const put = (from: string | null, name: string): Asked => ({
        method: 'POST',
        body: JSON.stringify({ text: AGREEMENT.replace('name: Listed', `name: ${name}`), from }),
      });
      const versions = '/v1/agreement/versions';
      expect((await desk.ask(versions, put('2030-01-01', 'Later'))).status).toBe(200);
      expect((await desk.ask(versions, put('2030-01-01', 'In its place'))).status).toBe(200);
      await desk.refuses(versions, () => put('2029-01-01', 'Before it'), { code: 'agreement.' });
      await desk.refuses(versions, () => put('the day after', 'Never'), { code: 'agreement.' });
      // On each day one version holds, whatever the order in which they came.
      const told = spans.parse(await (await desk.ask(versions)).json()).versions;
      const inForce = told.filter(({ state }) => state === 'in_force' || state === 'upcoming');
      const days = inForce
        .map(({ from, to }) => ({ from: from ?? '', to: to ?? '9999' }))
        .toSorted((one, other) => one.from.localeCompare(other.from));
      for (const [nth, { from }] of days.entries())
        if (nth > 0) expect(from > (days[nth - 1]?.to ?? '')).toBe(true);
      expect(days.map(({ from }) => from)).toEqual(['', '2030-01-01']);
    },
  },
  {
    nth: 78,
    name: "'); DROP",
    check: async (desk) => {
      await refusesRule(desk, `lead.zone == "'); drop table activity; --`);
      expect(await keeps(desk, `lead.zone == "'); drop table lead_version; --"`)).toBe(0);
      expect((await desk.column('lead_version', 'lead_id', 'known-1')).length).toBe(1);
    },
  },
  {
    nth: 79,
    name: "read_text('/etc/passwd')",
    check: (desk) => refusesRule(desk, `read_text('/etc/passwd') == "x"`),
  },
  {
    nth: 80,
    name: 'deep nesting, (a+)+$',
    check: async (desk) => {
      await refusesRule(desk, `${'('.repeat(5000)}true${')'.repeat(5000)}`);
      await refusesRule(desk, '!'.repeat(20_000) + 'true');
      // RE2 has no backtracking: an answer, at once.
      expect(await keeps(desk, `lead.zone.matches("(a+)+$") && "${'a'.repeat(200)}!" == lead.zone`)).toBe(0);
    },
  },
  {
    nth: 81,
    name: 'a personal datum in a rule, a filter, a breakdown',
    check: async (desk) => {
      await refusesRule(desk, 'lead.phone == "5512345678"');
      await desk.refuses('/v1/funnel?filter=phone%3D55', () => ({}), { code: 'question.personal_dimension' });
      await desk.refuses('/v1/breakdown/phone', () => ({}), { code: 'question.personal_dimension' });
      await refusesRule(desk, 'has(lead.phone)', 'rule.personal_in_filter');
    },
  },
  {
    nth: 82,
    name: 'division by zero, overflow',
    check: async (desk) => {
      await refusesRule(desk, 'lead.age / 0 > 1', 'rule.division_by_zero');
      expect(await keeps(desk, 'lead.age / (lead.age - lead.age) > 1')).toBe(0);
      expect(
        await keeps(desk, 'lead.age * 9223372036854775807 > 0 && lead.age + 9223372036854775807 > 0'),
      ).toBe(0);
      await refusesRule(desk, 'lead.age > 99999999999999999999999');
    },
  },
];
