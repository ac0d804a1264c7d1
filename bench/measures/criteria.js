/** Each stage with its criteria, and the condition under which a lead is asked them. */
const STAGES = {
  profiled: { asked: 'true', criteria: ['age_in_range', 'reachable'] },
  contacted: { asked: 'at_profiled is not null', criteria: ['answered'] },
  qualified: { asked: 'at_contacted is not null', criteria: ['interested', 'can_pay'] },
  meeting: { asked: 'at_qualified is not null', criteria: ['held'] },
  sale: { asked: 'true', criteria: ['won'] },
};

/** What may be missing: how it shows, the criterion that needs it, and the other one of the stage. */
const DATA = [
  { stage: 'profiled', key: 'age', missing: 'age is null', criterion: 'age_in_range', other: 'reachable' },
  {
    stage: 'profiled',
    key: 'phone',
    missing: 'c_profiled__reachable is null',
    criterion: 'reachable',
    other: 'age_in_range',
  },
  { stage: 'qualified', key: 'budget', missing: 'budget is null', criterion: 'can_pay', other: 'interested' },
];

function criterionSums(stage, criterion) {
  const { asked } = STAGES[stage];
  const column = `c_${stage}__${criterion}`;
  const results = {
    pass: `${asked} and (at_${stage} is not null or ${column})`,
    fail: `${asked} and at_${stage} is null and not ${column}`,
    unknown: `${asked} and at_${stage} is null and ${column} is null`,
  };
  return Object.entries(results).flatMap(([result, where]) => [
    `count(*) filter (where ${where})::INTEGER as ${result}_${stage}_${criterion}`,
    `count(*) filter (where ${where} and at_sale is not null)::INTEGER as ${result}_sold_${stage}_${criterion}`,
  ]);
}

function missingSums({ stage, key, missing, criterion, other }) {
  const { asked } = STAGES[stage];
  const leads = `${asked} and at_${stage} is null and ${missing}`;
  const alone = `${leads} and c_${stage}__${other}`;
  const told = `(c_${stage}__${criterion} is not null and c_${stage}__${other})`;
  return [
    `count(*) filter (where ${leads})::INTEGER as missing_${key}`,
    `count(*) filter (where ${alone})::INTEGER as alone_${key}`,
    `count(*) filter (where ${alone} and at_sale is not null)::INTEGER as alone_sold_${key}`,
    `count(*) filter (where ${asked} and (at_${stage} is not null or ${told}))::INTEGER as comparable_${key}`,
  ];
}

/** Every criterion of the agreement over all the leads, with what missing data cost. */
export const criteria = {
  name: 'criteria, all history',
  measure: 'criteria',
  // Days after the data: the same leads by another question.
  question: (run) => ({ from: '2024-01-01', to: `2026-03-${10 + run}` }),
  answer: ({ stages }) => ({
    criteria: stages.flatMap((stage) =>
      stage.criteria.map(({ id, pass, fail, unknown }) => [
        `${stage.id}.${id}`,
        ...[pass, fail, unknown].flatMap(({ leads, sales }) => [leads, sales]),
      ]),
    ),
    missing: stages
      .flatMap((stage) =>
        stage.missing.map(({ fields, leads, alone, sales, comparable }) => [
          fields[0],
          leads,
          alone,
          sales,
          comparable,
        ]),
      )
      .toSorted((a, b) => (a[0] < b[0] ? -1 : 1)),
  }),
  baseline: async ({ rows }) => {
    const each = Object.entries(STAGES).flatMap(([stage, { criteria: names }]) =>
      names.map((criterion) => ({ stage, criterion })),
    );
    const sums = [
      ...each.flatMap(({ stage, criterion }) => criterionSums(stage, criterion)),
      ...DATA.flatMap(missingSums),
    ];
    const [row] = await rows(`select ${sums.join(', ')} from lead_fact`);
    return {
      criteria: each.map(({ stage, criterion }) => [
        `${stage}.${criterion}`,
        ...['pass', 'fail', 'unknown'].flatMap((result) => [
          row[`${result}_${stage}_${criterion}`],
          row[`${result}_sold_${stage}_${criterion}`],
        ]),
      ]),
      missing: DATA.map(({ key }) => [
        key,
        row[`missing_${key}`],
        row[`alone_${key}`],
        row[`alone_sold_${key}`],
        row[`comparable_${key}`],
      ]).toSorted((a, b) => (a[0] < b[0] ? -1 : 1)),
    };
  },
};
