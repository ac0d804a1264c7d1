import type { Language } from '../diagnostic/wording.ts';
import { unreachable } from '../diagnostic/errors.ts';
import type { ActivityMember, ComparisonOperator, Expression, Rule } from './expression.ts';
import { lower, PHRASES } from './phrases.ts';
import type { Phrases } from './phrases.ts';

/** How the names in a rule are called. */
export interface RuleLabels {
  field(name: string): string;
}

/** A rule as a person would say it. */
export function ruleInWords(rule: Rule, language: Language, labels: RuleLabels): string {
  const words = new Wording(PHRASES[language], language, labels).say(rule.expression);
  return words.charAt(0).toLocaleUpperCase(language) + words.slice(1);
}

const OPPOSITE: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

class Wording {
  readonly #phrases: Phrases;
  readonly #numbers: Intl.NumberFormat;
  readonly #dates: Intl.DateTimeFormat;
  readonly #lists: Intl.ListFormat;
  readonly #labels: RuleLabels;

  constructor(phrases: Phrases, language: Language, labels: RuleLabels) {
    this.#phrases = phrases;
    this.#numbers = new Intl.NumberFormat(language === 'es' ? 'es-ES' : 'en-US', {
      maximumFractionDigits: 6,
      useGrouping: 'always',
    });
    this.#dates = new Intl.DateTimeFormat(language === 'es' ? 'es-ES' : 'en-US', {
      dateStyle: 'long',
      timeStyle: 'short',
      timeZone: 'UTC',
    });
    this.#lists = new Intl.ListFormat(language, { type: 'disjunction' });
    this.#labels = labels;
  }

  #field(name: string): string {
    return lower(this.#labels.field(name));
  }

  say(expression: Expression): string {
    const phrases = this.#phrases;
    switch (expression.kind) {
      case 'literal':
        return this.#literal(expression);
      case 'lead':
        return expression.type === 'bool'
          ? phrases.is(this.#field(expression.field))
          : this.#field(expression.field);
      case 'created_at':
        return phrases.creation;
      case 'activity':
        return phrases.members[expression.member];
      case 'row':
        return phrases.quote(expression.column);
      case 'has':
        return phrases.has(this.say(expression.of));
      case 'not':
        return this.#negated(expression.of);
      case 'negate':
        return `−${this.say(expression.of)}`;
      case 'and':
        return this.#and(expression);
      case 'or':
        return this.#parts(expression, 'or')
          .map((part) => this.#grouped(part, 'or'))
          .join(` ${phrases.or} `);
      case 'compare':
        return this.#comparison(expression);
      case 'arithmetic':
        return `${this.say(expression.left)} ${phrases.operators[expression.operator]} ${this.say(expression.right)}`;
      case 'in':
        return phrases.oneOf(
          this.say(expression.of),
          this.#lists.format(expression.items.map((item) => this.say(item))),
        );
      case 'conditional':
        return phrases.conditional(
          this.say(expression.condition),
          this.say(expression.yes),
          this.say(expression.no),
        );
      case 'string_test':
        return phrases.tests[expression.function](this.say(expression.of), this.say(expression.argument));
      case 'size':
        return phrases.length(this.say(expression.of));
      case 'lower_ascii':
        return this.say(expression.of);
      case 'quantified':
        return this.#quantified(expression);
      case 'count':
        return phrases.count(this.#activities(expression.predicate, 1));
      default:
        return unreachable(expression, 'expression');
    }
  }

  #literal(literal: Extract<Expression, { kind: 'literal' }>): string {
    switch (literal.type) {
      case 'bool':
        return literal.value ? this.#phrases.yes : this.#phrases.no;
      case 'string':
        return this.#phrases.quote(literal.value);
      case 'int':
        return this.#numbers.format(BigInt(literal.value));
      case 'double':
        return this.#numbers.format(literal.value);
      case 'timestamp':
        return this.#dates.format(new Date(Number(BigInt(literal.value) / 1000n)));
      case 'duration':
        return this.#phrases.duration(Number(BigInt(literal.value)) / 1e6, (value) =>
          this.#numbers.format(value),
        );
      default:
        return unreachable(literal, 'literal');
    }
  }

  #parts(expression: Expression, kind: 'and' | 'or'): readonly Expression[] {
    return expression.kind === kind
      ? [...this.#parts(expression.left, kind), ...this.#parts(expression.right, kind)]
      : [expression];
  }

  /** A part in brackets where it joins by the other word. */
  #grouped(part: Expression, within: 'and' | 'or'): string {
    const other = within === 'and' ? 'or' : 'and';
    return part.kind === other ? `(${this.say(part)})` : this.say(part);
  }

  /** Two bounds of one thing are a range. */
  #and(expression: Expression): string {
    const parts = [...this.#parts(expression, 'and')];
    const said: string[] = [];
    for (let index = 0; index < parts.length; index += 1) {
      const part = parts[index];
      const next = parts[index + 1];
      const range = part && next ? this.#range(part, next) : null;
      if (range !== null) index += 1;
      if (part) said.push(range ?? this.#grouped(part, 'and'));
    }
    return said.join(` ${this.#phrases.and} `);
  }

  #range(low: Expression, high: Expression): string | null {
    if (low.kind !== 'compare' || high.kind !== 'compare') return null;
    if (low.operator !== '>=' || high.operator !== '<=') return null;
    if (JSON.stringify(low.left) !== JSON.stringify(high.left)) return null;
    return this.#phrases.between(this.say(low.left), this.say(low.right), this.say(high.right));
  }

  #negated(of: Expression): string {
    const phrases = this.#phrases;
    if (of.kind === 'compare') return this.#comparison({ ...of, operator: OPPOSITE[of.operator] });
    if (of.kind === 'has') return phrases.hasNot(this.say(of.of));
    if (of.kind === 'quantified' && of.quantifier === 'exists')
      return phrases.noActivity(this.#activities(of.predicate, 1));
    if (of.kind === 'in')
      return phrases.noneOf(this.say(of.of), of.items.map((item) => this.say(item)).join(', '));
    if (of.kind === 'lead') return phrases.isNot(this.#field(of.field));
    return phrases.not(this.say(of));
  }

  #comparison(expression: Extract<Expression, { kind: 'compare' }>): string {
    const { left, right, operator } = expression;
    const phrases = this.#phrases;
    for (const [side, other] of [
      [left, right],
      [right, left],
    ] as const) {
      const isBlank = other.kind === 'literal' && other.type === 'string' && other.value === '';
      if (isBlank && (operator === '!=' || operator === '==')) {
        return operator === '!=' ? phrases.has(this.say(side)) : phrases.hasNot(this.say(side));
      }
    }
    if (left.kind === 'count') {
      const many = right.kind === 'literal' && right.value === '1' ? 1 : 2;
      return phrases.counted[operator](this.#activities(left.predicate, many), this.say(right));
    }
    if (left.type === 'bool' && right.kind === 'literal') {
      const positive = (right.value === true) === (operator === '==');
      return positive ? this.say(left) : this.#negated(left);
    }
    return phrases.comparisons[operator](this.say(left), this.say(right));
  }

  #quantified({ quantifier, predicate }: Extract<Expression, { kind: 'quantified' }>): string {
    const phrases = this.#phrases;
    switch (quantifier) {
      case 'exists':
        return phrases.someActivity(this.#activities(predicate, 1));
      case 'exists_one':
        return phrases.oneActivity(this.#activities(predicate, 1));
      case 'all':
        return phrases.everyActivity(this.say(predicate));
      default:
        return unreachable(quantifier, 'quantifier');
    }
  }

  /** The activities that fulfil a predicate, one or several: `llamada con resultado «interesado»`. */
  #activities(predicate: Expression, many: 1 | 2): string {
    const phrases = this.#phrases;
    const form = many - 1;
    if (predicate.kind === 'literal' && predicate.value === true) return phrases.activity[form] ?? '';
    const parts = this.#parts(predicate, 'and');
    const type = parts.find((part) => this.#equalText(part, 'type') !== null);
    const forms = type ? phrases.type(this.#equalText(type, 'type') ?? '') : phrases.activity;
    const rest = parts
      .filter((part) => part !== type)
      .map((part) => {
        for (const member of ['outcome', 'seller', 'reason', 'currency'] as const) {
          const text = this.#equalText(part, member);
          if (text === null) continue;
          const name = member === 'outcome' ? phrases.outcome(text) : text;
          return phrases.with(phrases.members[member], phrases.quote(name));
        }
        const isOfAmount =
          part.kind === 'compare' && part.left.kind === 'activity' && part.left.member === 'amount';
        return isOfAmount ? phrases.withThat(this.say(part)) : phrases.where(this.#grouped(part, 'and'));
      });
    return [forms[form], ...rest].join(' ');
  }

  #equalText(part: Expression, member: ActivityMember): string | null {
    if (part.kind !== 'compare' || part.operator !== '==') return null;
    const { left, right } = part;
    return left.kind === 'activity' &&
      left.member === member &&
      right.kind === 'literal' &&
      right.type === 'string'
      ? right.value
      : null;
  }
}
