import fc from 'fast-check';

/** Random rules as CEL text, over the fields of `agreements.ts`. */

const operator = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');
const number = fc.integer({ min: -2, max: 40 }).map(String);
const text = fc.constantFrom('"north"', '"South"', '"n"', '""', '"ñ"');
const span = fc.constantFrom('0s', '6h', '24h', '90m', '-6h', '72h').map((each) => `duration("${each}")`);
const instant = fc
  .constantFrom('2026-03-01T00:00:00Z', '2026-03-02T06:00:00Z', '2026-03-04T12:00:00+02:00')
  .map((each) => `timestamp("${each}")`);
const field = fc.constantFrom('age', 'budget', 'zone', 'vip', 'seen', 'phone');

function written(
  strings: TemplateStringsArray,
  ...parts: readonly fc.Arbitrary<string>[]
): fc.Arbitrary<string> {
  return fc.tuple(...parts).map((values) => String.raw({ raw: strings }, ...values));
}

const ofLead: readonly fc.Arbitrary<string>[] = [
  written`lead.age ${operator} ${number}`,
  written`lead.age ${operator} ${number}.5`,
  written`lead.budget ${operator} ${number}`,
  written`lead.zone ${operator} ${text}`,
  written`lead.zone in [${text}, ${text}]`,
  written`lead.age in [${number}, ${number}, ${number}]`,
  fc.constant('lead.vip'),
  written`lead.vip == ${fc.constantFrom('true', 'false')}`,
  written`has(lead.${field})`,
  written`lead.phone ${fc.constantFrom('==', '!=')} ""`,
  written`lead.zone.${fc.constantFrom('contains', 'startsWith', 'endsWith')}(${text})`,
  written`lead.zone.matches("${fc.constantFrom('^n', 'o.t', 'h$', '[A-Z]', 'x?')}")`,
  written`lead.zone.lowerAscii() == ${text}`,
  written`size(lead.zone) ${operator} ${number}`,
  written`lead.seen - lead.created_at ${operator} ${span}`,
  written`lead.seen ${operator} ${instant}`,
  written`lead.created_at + ${span} ${operator} lead.seen`,
  written`lead.age ${fc.constantFrom('+', '-', '*')} 3 ${operator} ${number}`,
  written`20 ${fc.constantFrom('/', '%')} lead.age ${operator} ${number}`,
  written`(lead.vip ? lead.age : ${number}) ${operator} ${number}`,
  written`lead.budget * 2.0 - 1.5 ${operator} ${number}`,
  written`-lead.age ${operator} ${number}`,
];

const ofActivity: readonly fc.Arbitrary<string>[] = [
  written`a.type == "${fc.constantFrom('call', 'sale', 'complaint', 'disqualified')}"`,
  written`a.type == "${fc.constantFrom('call', 'sale')}" && a.outcome == "${fc.constantFrom('ok', 'no')}"`,
  written`a.outcome ${operator} "ok"`,
  fc.constant('has(a.outcome)'),
  fc.constant('!has(a.seller)'),
  written`a.amount ${operator} ${number}`,
  written`a.at - lead.created_at ${operator} ${span}`,
  written`a.at ${operator} ${instant}`,
  written`a.at ${operator} lead.seen`,
  written`a.seller.startsWith("${fc.constantFrom('a', 'b')}")`,
  written`(lead.age > 18 || a.outcome == "ok")`,
  written`a.reason == lead.zone`,
];

function combined(atoms: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  const atom = fc.oneof(...atoms);
  return fc.oneof(
    { weight: 6, arbitrary: atom },
    { weight: 2, arbitrary: written`${atom} && ${atom}` },
    { weight: 2, arbitrary: written`${atom} || ${atom}` },
    { weight: 2, arbitrary: written`!(${atom})` },
    { weight: 1, arbitrary: written`(${atom} ? ${atom} : ${atom})` },
    { weight: 1, arbitrary: written`(${atom} || ${atom}) && !(${atom})` },
  );
}

const predicate = combined(ofActivity);

const overActivities: readonly fc.Arbitrary<string>[] = [
  written`activities.exists(a, ${predicate})`,
  written`!activities.exists(a, ${predicate})`,
  written`activities.all(a, ${predicate})`,
  written`activities.exists_one(a, ${predicate})`,
  written`activities.filter(a, ${predicate}).size() ${operator} ${fc.integer({ min: 0, max: 3 }).map(String)}`,
  written`activities.size() ${operator} ${fc.integer({ min: 0, max: 4 }).map(String)}`,
];

const typeCalled = fc
  .constantFrom('call', 'sale', 'complaint', 'message')
  .map((type) => `activities.exists(a, a.type == "${type}")`);

export const criterionRule: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: typeCalled },
  { weight: 3, arbitrary: combined(ofLead) },
  { weight: 5, arbitrary: combined([...ofLead, ...overActivities, ...overActivities]) },
);

export const lostRule: fc.Arbitrary<string> = fc.oneof(
  fc.constant('activities.exists(a, a.type == "disqualified")'),
  fc.constant('activities.exists(a, a.type == "disqualified" && a.outcome == "no")'),
  fc.constant('activities.filter(a, a.type == "complaint").size() >= 2'),
  written`${fc.oneof(...ofLead)} && activities.exists(a, ${predicate})`,
  combined(ofLead),
);

/** Rules that a filter may ask of a lead: no activities, no personal data. */
export const filterRule: fc.Arbitrary<string> = combined(ofLead).filter((rule) => !rule.includes('phone'));
