import { isAlias, isMap, isNode, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Scalar } from 'yaml';
import type { z } from 'zod';
import { fault } from '../diagnostic/diagnostic.ts';
import type { Diagnostic, Locate, Place } from '../diagnostic/diagnostic.ts';
import { nearest } from '../diagnostic/nearest.ts';
import { failure, success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';

type Path = readonly (string | number)[];

/** Characters: hundreds of times a long agreement. */
const LONGEST = 300_000;
/** Levels of nesting; an agreement has six. */
const DEEPEST = 40;

/** How the faults of a shape are told. */
export interface ShapeWording {
  /** The keys that may stand at a path, to find the one that was meant. */
  readonly keysAt: (path: Path) => readonly string[];
  /** The code that says best what is wrong with the value at a path. */
  readonly invalidCode?: (path: Path) => string | null;
}

/** No more are looked for: a file with so many is no agreement. */
const MOST_FAULTS = 1000;

/** A YAML file that a person wrote, with the place of each of its parts. */
export class YamlDocument {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #source: string;
  readonly #file: string | undefined;

  private constructor(
    document: Document.Parsed,
    lines: LineCounter,
    source: string,
    file: string | undefined,
  ) {
    this.#document = document;
    this.#lines = lines;
    this.#source = source;
    this.#file = file;
  }

  /** Reads YAML's core schema without tags of its own, aliases or merge keys, which no one needs here. */
  static parse(source: string, file?: string): Result<YamlDocument> {
    const start: Place = { ...(file === undefined ? {} : { file }), line: 1, column: 1 };
    if (source.trim() === '') return failure(fault('yaml.empty', {}, start));
    if (source.length > LONGEST) return failure(fault('yaml.too_long', { most: LONGEST }, start));
    if (isTooDeep(source)) return failure(fault('yaml.too_deep', { most: DEEPEST }, start));
    const lines = new LineCounter();
    let parsed: Document.Parsed;
    try {
      parsed = parseDocument(source, {
        lineCounter: lines,
        prettyErrors: false,
        // Its own check takes the square of the number of keys.
        uniqueKeys: false,
        schema: 'core',
        merge: false,
      });
    } catch {
      return failure(fault('yaml.too_deep', { most: DEEPEST }, start));
    }
    const document = new YamlDocument(parsed, lines, source, file);
    const faults = [...parsed.errors, ...parsed.warnings].map((error) =>
      fault(
        'yaml.syntax',
        { found: firstLine(source.slice(error.pos[0], error.pos[1])) },
        document.#at(error.pos[0]),
      ),
    );
    visit(parsed, {
      Node(_, node) {
        if (isAlias(node) || node.anchor !== undefined) {
          faults.push(fault('yaml.alias', {}, document.#at(node.range?.[0] ?? 0)));
        }
      },
      Map(_, map) {
        const seen = new Set<unknown>();
        for (const { key } of map.items) {
          if (!isScalar(key)) continue;
          if (seen.has(key.value)) {
            faults.push(
              fault('yaml.duplicate_key', { found: String(key.value) }, document.#at(key.range?.[0] ?? 0)),
            );
          }
          seen.add(key.value);
        }
      },
      Pair(_, pair) {
        if (!isScalar(pair.key)) {
          const at = isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
          faults.push(fault('yaml.key_is_no_text', {}, document.#at(at)));
        } else if (pair.key.value === '__proto__' || pair.key.value === '<<') {
          faults.push(
            fault('yaml.forbidden_key', { key: pair.key.value }, document.#at(pair.key.range?.[0] ?? 0)),
          );
        }
      },
    });
    return faults.length > 0 ? failure(...faults) : success(document);
  }

  toJs(): unknown {
    return this.#document.toJS({ maxAliasCount: 0 });
  }

  /** The place of a value; of the nearest part around it where it is absent. */
  place(path: Path): Place {
    for (let length = path.length; length > 0; length -= 1) {
      const node = this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return this.#at(node.range[0]);
    }
    return this.#at(0);
  }

  /** The place of a key of a map. */
  keyPlace(path: Path, key: string): Place {
    const node = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
      if (pair && isNode(pair.key) && pair.key.range) return this.#at(pair.key.range[0]);
    }
    return this.place(path);
  }

  /** Where each character of a scalar's text stands, whichever way the scalar is quoted or folded. */
  textPlaces(path: Path): Locate {
    const node = this.#document.getIn(path, true);
    if (!isScalar(node) || !node.range || typeof node.value !== 'string') {
      const place = this.place(path);
      return () => place;
    }
    const offsets = offsetsOf(node.value, this.#source, textStart(node, this.#source));
    return (offset) => this.#at(offsets[Math.min(offset, offsets.length - 1)] ?? 0);
  }

  /** The faults of a value against a schema, each at its place, in words of ours. */
  faultsOf(error: z.ZodError, wording: ShapeWording): readonly Diagnostic[] {
    return error.issues.slice(0, MOST_FAULTS).flatMap((issue) => this.#faultsOfIssue(issue, wording));
  }

  #faultsOfIssue(issue: z.core.$ZodIssue, { keysAt, invalidCode }: ShapeWording): readonly Diagnostic[] {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    const name = path.join('.');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys
        .slice(0, MOST_FAULTS)
        .map((key) =>
          fault(
            'yaml.unknown_key',
            { key, nearest: nearest(key, keysAt(path)) ?? '' },
            this.keyPlace(path, key),
          ),
        );
    }
    if (issue.code === 'invalid_type') {
      return issue.input === undefined && this.#document.getIn(path) === undefined
        ? [fault('yaml.missing_key', { key: String(path.at(-1) ?? ''), path: name }, this.place(path))]
        : [fault('yaml.wrong_type', { path: name, expected: issue.expected }, this.place(path))];
    }
    if (issue.code === 'invalid_value') {
      return this.#document.getIn(path) === undefined
        ? [fault('yaml.missing_key', { key: String(path.at(-1) ?? ''), path: name }, this.place(path))]
        : [
            fault(
              'yaml.not_one_of',
              { path: name, options: issue.values.map(String).join(', ') },
              this.place(path),
            ),
          ];
    }
    if (issue.code === 'invalid_union') return [fault('yaml.no_form', { path: name }, this.place(path))];
    const code = invalidCode?.(path) ?? 'yaml.invalid';
    return [fault(code, { path: name, found: this.#shown(path) }, this.place(path))];
  }

  /** A scalar as it stands, for a message. */
  #shown(path: Path): string {
    const value: unknown = this.#document.getIn(path);
    return typeof value === 'string' || typeof value === 'number' ? firstLine(String(value)) : '';
  }

  #at(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return {
      ...(this.#file === undefined ? {} : { file: this.#file }),
      line: Math.max(line, 1),
      column: Math.max(col, 1),
    };
  }
}

/** Whether brackets or lists nest deeper than anyone writes: the parser takes seconds over such a file. */
function isTooDeep(source: string): boolean {
  let depth = 0;
  for (const character of source) {
    if (character === '[' || character === '{') depth += 1;
    if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
    if (depth > DEEPEST) return true;
  }
  return new RegExp(`^[ ]*(?:[-?][ ]+){${DEEPEST},}|^[ ]{${DEEPEST * 8},}\\S+:`, 'm').test(source);
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 60);
}

/** Behind the quote of a scalar, or the line of its block mark. */
function textStart(node: Scalar, source: string): number {
  const start = node.range?.[0] ?? 0;
  if (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE') return start + 1;
  return node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'
    ? source.indexOf('\n', start) + 1
    : start;
}

/**
 * The offset in the source of each character of a text, and of its end. Indentation, folded line ends and the
 * marks of escapes stand in the source only, and are passed over.
 */
function offsetsOf(text: string, source: string, start: number): readonly number[] {
  const offsets: number[] = [];
  let at = start;
  for (const character of text.split('')) {
    if (/\s/.test(character)) {
      offsets.push(at);
      if (/\s/.test(source[at] ?? '')) at += 1;
    } else {
      while (at < source.length && source[at] !== character && /[\s\\'"]/.test(source[at] ?? '')) at += 1;
      offsets.push(at);
      at += 1;
    }
  }
  return [...offsets, at];
}
