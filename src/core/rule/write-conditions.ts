import type { ActivityCondition, Condition, Conditions, Test, Whose } from './conditions.ts';

/** Rows as the text of a rule. `readConditions` of that rule gives rows that mean the same. */
export function writeConditions({ join, rows }: Conditions, whose: Whose = 'lead'): string {
  const isAlone = rows.length === 1;
  return rows
    .map((row) => {
      const { text, joined } = writeRow(row, whose);
      const isApart = joined !== null && !isAlone && joined !== join;
      return isApart ? `(${text})` : text;
    })
    .join(join === 'all' ? ' && ' : ' || ');
}

interface Written {
  readonly text: string;
  /** What joins its parts, where it has several. */
  readonly joined: 'all' | 'any' | null;
}

function writeRow(row: Condition, whose: Whose): Written {
  return row.kind === 'activity'
    ? { text: writeActivities(row), joined: null }
    : writeTest(row, `${whose}.${row.subject}`);
}

/** A test of a value by the name under which the rule reads it. */
function writeTest(test: Test, name: string): Written {
  const bare = writeBare(test, name);
  if (test.comparison === 'known' || test.comparison === 'absent' || test.absent === 'unknown') return bare;
  if (test.absent === 'no') return { text: `has(${name}) && ${bare.text}`, joined: 'all' };
  return { text: `!has(${name}) || ${bare.joined === null ? bare.text : `(${bare.text})`}`, joined: 'any' };
}

function writeBare(test: Test, name: string): Written {
  const [first = '', second = ''] = test.values.map((value) => writeValue(value, test));
  const one = (text: string): Written => ({ text, joined: null });
  switch (test.comparison) {
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return one(`${name} ${test.comparison} ${first}`);
    case 'between':
      return { text: `${name} >= ${first} && ${name} <= ${second}`, joined: 'all' };
    case 'in':
      return one(`${name} in [${test.values.map((value) => writeValue(value, test)).join(', ')}]`);
    case 'not_in':
      return one(`!(${name} in [${test.values.map((value) => writeValue(value, test)).join(', ')}])`);
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return one(`${name}.${test.comparison}(${first})`);
    case 'not_contains':
      return one(`!${name}.contains(${first})`);
    case 'is':
      return one(name);
    case 'is_not':
      return one(`!${name}`);
    case 'known':
      return one(test.absent === 'unknown' ? `${name} != ""` : `has(${name})`);
    case 'absent':
      return one(`!has(${name})`);
    case 'within':
      return one(`${name} - lead.created_at <= ${first}`);
    case 'after':
      return one(`${name} - lead.created_at >= ${first}`);
  }
}

function writeValue(value: string, { type, comparison }: Test): string {
  if (comparison === 'within' || comparison === 'after') return `duration("${value}")`;
  if (type === 'timestamp') return `timestamp("${value}")`;
  return type === 'string' ? quoted(value) : value;
}

/** A text between quotes; what JSON escapes, rules read alike. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function writeActivities({ quantity, count, details }: ActivityCondition): string {
  const predicate =
    details.length === 0
      ? 'true'
      : details
          .map((detail) => {
            const { text, joined } = writeTest(detail, `a.${detail.subject}`);
            return joined === 'any' && details.length > 1 ? `(${text})` : text;
          })
          .join(' && ');
  switch (quantity) {
    case 'some':
      return `activities.exists(a, ${predicate})`;
    case 'none':
      return `!activities.exists(a, ${predicate})`;
    case 'one':
      return `activities.exists_one(a, ${predicate})`;
    case 'at_least':
    case 'at_most':
    case 'exactly': {
      const operator = { at_least: '>=', at_most: '<=', exactly: '==' }[quantity];
      const counted = details.length === 0 ? 'activities' : `activities.filter(a, ${predicate})`;
      return `${counted}.size() ${operator} ${count}`;
    }
  }
}

const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/;

/** Whether a row says all that its rule needs. */
export function isComplete(row: Condition): boolean {
  if (row.kind === 'activity')
    return Number.isSafeInteger(row.count) && row.count >= 0 && row.details.every(isTestComplete);
  return isTestComplete(row);
}

function isTestComplete({ type, comparison, values }: Test): boolean {
  const needed = valuesOf(comparison);
  if (needed === 'several' ? values.length === 0 : values.length !== needed) return false;
  return values.every((value) => {
    if (comparison === 'within' || comparison === 'after') return /^\d{1,6}[smh]$/.test(value);
    if (type === 'int' || type === 'double') return NUMBER.test(value);
    return type === 'timestamp' ? !Number.isNaN(Date.parse(value)) : value !== '';
  });
}

/** How many values a comparison takes. */
export function valuesOf(comparison: Test['comparison']): number | 'several' {
  switch (comparison) {
    case 'is':
    case 'is_not':
    case 'known':
    case 'absent':
      return 0;
    case 'between':
      return 2;
    case 'in':
    case 'not_in':
      return 'several';
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'contains':
    case 'not_contains':
    case 'startsWith':
    case 'endsWith':
    case 'within':
    case 'after':
      return 1;
  }
}
