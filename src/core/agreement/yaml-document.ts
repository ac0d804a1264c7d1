import { isAlias, isMap, isNode, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Document } from 'yaml';
import type { z } from 'zod';
import { fault } from '../diagnostic/diagnostic.ts';
import type { Diagnostic, Place } from '../diagnostic/diagnostic.ts';
import { nearest } from '../diagnostic/nearest.ts';
import { failure, success } from '../diagnostic/result.ts';
import type { Result } from '../diagnostic/result.ts';

type Path = readonly (string | number)[];

const LONGEST = 1_000_000;

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
    if (source.length > LONGEST) return failure(fault('yaml.too_long', { most: LONGEST }, start));
    const lines = new LineCounter();
    let parsed: Document.Parsed;
    try {
      parsed = parseDocument(source, {
        lineCounter: lines,
        prettyErrors: false,
        uniqueKeys: true,
        schema: 'core',
        merge: false,
      });
    } catch {
      return failure(fault('yaml.too_deep', {}, start));
    }
    const document = new YamlDocument(parsed, lines, source, file);
    const faults = [...parsed.errors, ...parsed.warnings].map((error) =>
      fault(
        error.code === 'DUPLICATE_KEY' ? 'yaml.duplicate_key' : 'yaml.syntax',
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
      Pair(_, pair) {
        if (isScalar(pair.key) && (pair.key.value === '__proto__' || pair.key.value === '<<')) {
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

  /** Where the text of a scalar begins: behind its quote or the line of its block mark. */
  textPlace(path: Path): Place {
    const node = this.#document.getIn(path, true);
    if (!isScalar(node) || !node.range) return this.place(path);
    const [start] = node.range;
    if (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE') return this.#at(start + 1);
    if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') {
      const next = this.#source.indexOf('\n', start) + 1;
      const indent = /^[ \t]*/.exec(this.#source.slice(next))?.[0].length ?? 0;
      return this.#at(next + indent);
    }
    return this.#at(start);
  }

  /** The faults of a value against a schema, each at its place, in words of ours. */
  faultsOf(error: z.ZodError, keysAt: (path: Path) => readonly string[]): readonly Diagnostic[] {
    return error.issues.flatMap((issue) => this.#faultsOfIssue(issue, keysAt));
  }

  #faultsOfIssue(issue: z.core.$ZodIssue, keysAt: (path: Path) => readonly string[]): readonly Diagnostic[] {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    const name = path.join('.');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) =>
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
    return [fault('yaml.invalid', { path: name, found: this.#shown(path) }, this.place(path))];
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

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 60);
}
