import type { Language } from '../diagnostic/wording.ts';
import type { ActivityMember, ArithmeticOperator, ComparisonOperator } from './expression.ts';

type Join = (left: string, right: string) => string;

/** The pieces of which rules are said in one language. */
export interface Phrases {
  readonly and: string;
  readonly or: string;
  readonly yes: string;
  readonly no: string;
  readonly creation: string;
  readonly activity: readonly [string, string];
  readonly members: Readonly<Record<ActivityMember, string>>;
  readonly operators: Readonly<Record<ArithmeticOperator, string>>;
  readonly comparisons: Readonly<Record<ComparisonOperator, Join>>;
  readonly counted: Readonly<Record<ComparisonOperator, Join>>;
  readonly tests: Readonly<Record<'contains' | 'startsWith' | 'endsWith' | 'matches', Join>>;
  /** A text of the rule's between the quotes of the language. */
  quote(text: string): string;
  is(what: string): string;
  isNot(what: string): string;
  not(what: string): string;
  has(what: string): string;
  hasNot(what: string): string;
  oneOf: Join;
  noneOf: Join;
  between(what: string, low: string, high: string): string;
  conditional(condition: string, yes: string, no: string): string;
  length(what: string): string;
  count(activities: string): string;
  someActivity(activities: string): string;
  noActivity(activities: string): string;
  oneActivity(activities: string): string;
  everyActivity(condition: string): string;
  /** A type of activity, one of them and several. */
  type(name: string): readonly [string, string];
  /** How an activity ended, by the name that people give it. */
  outcome(name: string): string;
  with: Join;
  /** Whose member compares so: `con importe de 100 o más`. */
  withThat(comparison: string): string;
  where(condition: string): string;
  duration(seconds: number, format: (value: number) => string): string;
}

const UNITS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

type Unit = (typeof UNITS)[number][1];

function durationOf(
  seconds: number,
  format: (value: number) => string,
  names: Readonly<Record<Unit, readonly [string, string]>>,
): string {
  const [size, unit] = UNITS.find(([each]) => seconds % each === 0 && Math.abs(seconds) >= each) ?? [
    1,
    'second',
  ];
  const value = seconds / size;
  return `${format(value)} ${names[unit][value === 1 ? 0 : 1]}`;
}

const OPERATORS: Phrases['operators'] = { '+': '+', '-': '−', '*': '×', '/': '÷', '%': 'mod' };

type Types = Readonly<Record<string, readonly [string, string]>>;

const TYPES_ES: Types = {
  call: ['llamada', 'llamadas'],
  message: ['mensaje', 'mensajes'],
  meeting: ['cita', 'citas'],
  proposal: ['propuesta', 'propuestas'],
  sale: ['venta', 'ventas'],
  disqualified: ['descarte', 'descartes'],
};

const TYPES_EN: Types = {
  call: ['call', 'calls'],
  message: ['message', 'messages'],
  meeting: ['meeting', 'meetings'],
  proposal: ['proposal', 'proposals'],
  sale: ['sale', 'sales'],
  disqualified: ['disqualification', 'disqualifications'],
};

type Names = Readonly<Record<string, string>>;

const OUTCOMES_ES: Names = {
  interested: 'interesado',
  not_interested: 'sin interés',
  no_answer: 'no contestó',
  held: 'asistió',
  no_show: 'no vino',
  sent: 'enviado',
};

const OUTCOMES_EN: Names = {
  interested: 'interested',
  not_interested: 'not interested',
  no_answer: 'no answer',
  held: 'held',
  no_show: 'no show',
  sent: 'sent',
};

const es: Phrases = {
  and: 'y',
  or: 'o',
  yes: 'sí',
  no: 'no',
  creation: 'la fecha de creación',
  activity: ['actividad', 'actividades'],
  members: {
    type: 'tipo',
    at: 'la fecha de la actividad',
    outcome: 'resultado',
    seller: 'vendedor',
    amount: 'importe',
    currency: 'moneda',
    reason: 'motivo',
  },
  operators: OPERATORS,
  comparisons: {
    '==': (left, right) => `${left} es ${right}`,
    '!=': (left, right) => `${left} no es ${right}`,
    '<': (left, right) => `${left} menor que ${right}`,
    '<=': (left, right) => `${left} de ${right} como máximo`,
    '>': (left, right) => `${left} mayor que ${right}`,
    '>=': (left, right) => `${left} de ${right} o más`,
  },
  counted: {
    '==': (what, count) => `exactamente ${count} ${what}`,
    '!=': (what, count) => `un número distinto de ${count} ${what}`,
    '<': (what, count) => `menos de ${count} ${what}`,
    '<=': (what, count) => `como máximo ${count} ${what}`,
    '>': (what, count) => `más de ${count} ${what}`,
    '>=': (what, count) => `al menos ${count} ${what}`,
  },
  tests: {
    contains: (what, text) => `${what} contiene ${text}`,
    startsWith: (what, text) => `${what} empieza con ${text}`,
    endsWith: (what, text) => `${what} termina en ${text}`,
    matches: (what, text) => `${what} tiene la forma ${text}`,
  },
  quote: (text) => `«${text}»`,
  is: (what) => `${what}: sí`,
  isNot: (what) => `${what}: no`,
  not: (what) => `no se cumple que ${what}`,
  has: (what) => `tiene ${lower(what)}`,
  hasNot: (what) => `no tiene ${lower(what)}`,
  oneOf: (what, list) => `${what} es ${list}`,
  noneOf: (what, list) => `${what} no es ninguno de: ${list}`,
  between: (what, low, high) => `${what} entre ${low} y ${high}`,
  conditional: (condition, yes, no) => `si ${condition}, ${yes}; si no, ${no}`,
  length: (what) => `la longitud de ${lower(what)}`,
  count: (activities) => `el número de veces que hay ${activities}`,
  someActivity: (activities) =>
    `hay ${/^(?:mensaje|descarte)/.test(activities) ? 'un' : 'una'} ${activities}`,
  noActivity: (activities) =>
    `no hay ${/^(?:mensaje|descarte)/.test(activities) ? 'ningún' : 'ninguna'} ${activities}`,
  oneActivity: (activities) =>
    `hay exactamente ${/^(?:mensaje|descarte)/.test(activities) ? 'un' : 'una'} ${activities}`,
  everyActivity: (condition) => `en todas las actividades, ${condition}`,
  type: (name) => TYPES_ES[name] ?? [`actividad de tipo «${name}»`, `actividades de tipo «${name}»`],
  outcome: (name) => OUTCOMES_ES[name] ?? name,
  with: (member, text) => `con ${member} ${text}`,
  withThat: (comparison) => `con ${comparison}`,
  where: (condition) => `en que ${condition}`,
  duration: (seconds, format) =>
    durationOf(seconds, format, {
      day: ['día', 'días'],
      hour: ['hora', 'horas'],
      minute: ['minuto', 'minutos'],
      second: ['segundo', 'segundos'],
    }),
};

const en: Phrases = {
  and: 'and',
  or: 'or',
  yes: 'yes',
  no: 'no',
  creation: 'the creation date',
  activity: ['activity', 'activities'],
  members: {
    type: 'type',
    at: 'the date of the activity',
    outcome: 'outcome',
    seller: 'seller',
    amount: 'an amount',
    currency: 'currency',
    reason: 'reason',
  },
  operators: OPERATORS,
  comparisons: {
    '==': (left, right) => `${left} is ${right}`,
    '!=': (left, right) => `${left} is not ${right}`,
    '<': (left, right) => `${left} below ${right}`,
    '<=': (left, right) => `${left} of at most ${right}`,
    '>': (left, right) => `${left} above ${right}`,
    '>=': (left, right) => `${left} of ${right} or more`,
  },
  counted: {
    '==': (what, count) => `exactly ${count} ${what}`,
    '!=': (what, count) => `other than ${count} ${what}`,
    '<': (what, count) => `fewer than ${count} ${what}`,
    '<=': (what, count) => `at most ${count} ${what}`,
    '>': (what, count) => `more than ${count} ${what}`,
    '>=': (what, count) => `at least ${count} ${what}`,
  },
  tests: {
    contains: (what, text) => `${what} contains ${text}`,
    startsWith: (what, text) => `${what} starts with ${text}`,
    endsWith: (what, text) => `${what} ends with ${text}`,
    matches: (what, text) => `${what} has the form ${text}`,
  },
  quote: (text) => `“${text}”`,
  is: (what) => `${what}: yes`,
  isNot: (what) => `${what}: no`,
  not: (what) => `it does not hold that ${what}`,
  has: (what) => `has ${lower(what)}`,
  hasNot: (what) => `has no ${lower(what)}`,
  oneOf: (what, list) => `${what} is ${list}`,
  noneOf: (what, list) => `${what} is none of: ${list}`,
  between: (what, low, high) => `${what} between ${low} and ${high}`,
  conditional: (condition, yes, no) => `if ${condition}, ${yes}; otherwise ${no}`,
  length: (what) => `the length of ${lower(what)}`,
  count: (activities) => `the number of times that there is ${article(activities)} ${activities}`,
  someActivity: (activities) => `there is ${article(activities)} ${activities}`,
  noActivity: (activities) => `there is no ${activities}`,
  oneActivity: (activities) => `there is exactly one ${activities}`,
  everyActivity: (condition) => `in every activity, ${condition}`,
  type: (name) => TYPES_EN[name] ?? [`“${name}” activity`, `“${name}” activities`],
  outcome: (name) => OUTCOMES_EN[name] ?? name,
  with: (member, text) => `with ${member} ${text}`,
  withThat: (comparison) => `with ${comparison}`,
  where: (condition) => `in which ${condition}`,
  duration: (seconds, format) =>
    durationOf(seconds, format, {
      day: ['day', 'days'],
      hour: ['hour', 'hours'],
      minute: ['minute', 'minutes'],
      second: ['second', 'seconds'],
    }),
};

function article(words: string): string {
  return /^[“]?[aeiou]/i.test(words) ? 'an' : 'a';
}

/** A label inside a sentence: `Teléfono` is `teléfono`, and `CRM` stays. */
export function lower(label: string): string {
  return /^\p{Lu}(?:-?\p{Ll}|$)/u.test(label) ? label.charAt(0).toLocaleLowerCase() + label.slice(1) : label;
}

export const PHRASES: Readonly<Record<Language, Phrases>> = { es, en };
