import { isDay } from '../calendar/days.ts';
import { fault } from '../diagnostic/diagnostic.ts';
import type { Diagnostic, DiagnosticParameter } from '../diagnostic/diagnostic.ts';
import { nearest } from '../diagnostic/nearest.ts';
import type { KnownField, RuleEnvironment } from '../rule/environment.ts';
import type { Rule } from '../rule/expression.ts';
import { parseRule } from '../rule/rule.ts';
import type { Span } from './agreement.ts';
import type { AgreementFile } from './schema.ts';
import type { YamlDocument } from './yaml-document.ts';

type Path = readonly (string | number)[];

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** Stands for a rule that was refused: the agreement is not given out, so that it is never asked. */
const REFUSED: Rule = {
  source: '',
  expression: { kind: 'literal', type: 'bool', value: false },
  fields: [],
  readsActivities: false,
};

/** Gathers the faults of an agreement whose shape is right: what its names refer to. */
export class AgreementCheck {
  readonly faults: Diagnostic[] = [];
  readonly #document: YamlDocument;
  readonly #file: AgreementFile;
  readonly #fields: readonly KnownField[];
  readonly #original: (path: Path) => Path;

  /** @param original where a path of the file stood before parts of it were taken out */
  constructor(document: YamlDocument, file: AgreementFile, original: (path: Path) => Path = (path) => path) {
    this.#document = document;
    this.#original = original;
    this.#file = file;
    this.#fields = Object.entries(file.fields).map(([name, field]) => ({
      name,
      type: field.type,
      pii: field.pii ?? null,
    }));
  }

  fault(code: string, path: Path, params: Readonly<Record<string, DiagnosticParameter>> = {}): void {
    this.faults.push(fault(code, params, this.#document.place(this.#original(path))));
  }

  rule(source: string, kind: 'lead' | 'filter' | 'activity', path: Path): Rule {
    const environment: RuleEnvironment = kind === 'activity' ? { kind } : { kind, fields: this.#fields };
    const result = parseRule(source, environment, this.#document.textPlaces(this.#original(path)));
    if (result.ok) return result.value;
    this.faults.push(...result.faults);
    return REFUSED;
  }

  field(name: string, path: Path): KnownField | null {
    const found = this.#fields.find((field) => field.name === name);
    if (found) return found;
    this.#unknown(
      'agreement.unknown_field',
      name,
      this.#fields.map((field) => field.name),
      path,
    );
    return null;
  }

  owner(area: string, path: Path): string {
    const areas = Object.keys(this.#file.areas);
    if (!areas.includes(area)) this.#unknown('agreement.unknown_area', area, areas, path);
    return area;
  }

  stage(id: string, path: Path): string {
    const stages = this.#file.funnel.map((stage) => stage.id);
    if (!stages.includes(id)) this.#unknown('agreement.unknown_stage', id, stages, path);
    return id;
  }

  /** Each id once in its list. */
  unique(ids: readonly string[], list: string, code = 'agreement.repeated_id'): void {
    ids.forEach((id, position) => {
      if (ids.indexOf(id) !== position) this.fault(code, [list, position, 'id'], { id, list });
    });
  }

  day(text: string, path: Path): void {
    if (!isDay(text)) this.fault('agreement.no_such_day', path, { day: text });
  }

  span(text: string): Span {
    const unit = text.slice(-1);
    return { text, seconds: Number(text.slice(0, -1)) * (SECONDS[unit] ?? 0) };
  }

  #unknown(code: string, name: string, known: readonly string[], path: Path): void {
    this.fault(code, path, { name, known: known.join(', '), nearest: nearest(name, known) ?? '' });
  }
}
