import { z } from 'zod';
import { fault } from '../diagnostic/diagnostic.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { nearest } from '../diagnostic/nearest.ts';

/** Longer values are told by their beginning. */
const MOST_SHOWN = 60;

/** A value without an upper bound is told as one from its least upwards. */
const UNBOUNDED = 0;

/**
 * What is wrong with a question, member by member; empty where nothing is. `name` among the parameters is the
 * member's, which the command line tells as its flag.
 */
export function questionFaults(schema: z.ZodType, question: unknown): readonly Diagnostic[] {
  const parsed = schema.safeParse(question);
  if (parsed.success) return [];
  const faults = new Map<string, Diagnostic>();
  for (const issue of parsed.error.issues) {
    const name = String(issue.path[0] ?? '');
    if (!faults.has(name)) faults.set(name, memberFault(schema, name, memberOf(question, name), issue));
  }
  return [...faults.values()];
}

function memberFault(schema: z.ZodType, name: string, given: unknown, issue: z.core.$ZodIssue): Diagnostic {
  const choices = issue.code === 'invalid_union' ? issue.errors.flat() : [];
  const takesSeveral = choices.some(({ path }) => path.length > 0);
  if (Array.isArray(given) && !takesSeveral) return fault('question.several', { name });
  const value = shown(given);
  if (issue.code === 'invalid_format' && issue.format === 'date')
    return fault('question.no_day', { name, value });
  if (choices.some((each) => each.code === 'invalid_format' && each.format === 'datetime')) {
    const [day = '2026-03-01'] = /^\d{4}-\d{2}-\d{2}/.exec(value) ?? [];
    const known = z.iso.date().safeParse(day).success ? day : '2026-03-01';
    return fault('question.no_instant', { name, value, day: known, example: `${known}T23:59:59Z` });
  }
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String);
    return fault('question.not_one_of', {
      name,
      value,
      choices: known.join(', '),
      nearest: nearest(value, known) ?? '',
    });
  }
  const number = numberOf(schema, name);
  if (number === null) return fault('question.invalid', { name });
  const { minValue, maxValue } = number;
  return fault('question.no_number', {
    name,
    value,
    least: minValue ?? 0,
    most: maxValue === null || maxValue === Number.MAX_SAFE_INTEGER ? UNBOUNDED : maxValue,
  });
}

function memberOf(question: unknown, name: string): unknown {
  return typeof question === 'object' && question !== null && Object.hasOwn(question, name)
    ? Reflect.get(question, name)
    : undefined;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}

/** The schema of a member that is a number, without what wraps it. */
function numberOf(schema: z.ZodType, name: string): z.ZodNumber | null {
  let member: unknown = schema instanceof z.ZodObject ? schema.shape[name] : undefined;
  while (member instanceof z.ZodDefault) member = member.unwrap();
  return member instanceof z.ZodNumber ? member : null;
}
