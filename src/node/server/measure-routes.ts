import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError, InvariantError } from '../../core/diagnostic/errors.ts';
import type { Language } from '../../core/diagnostic/wording.ts';
import { breakdownAnswer, leadsAnswer } from '../../core/measures/answer.ts';
import { measures } from '../../core/measures/registry.ts';
import type { RegisteredMeasure } from '../../core/measures/registry.ts';
import type { Workspace } from '../app/workspace.ts';
import { breakdownTable, leadsTable } from './answer-tables.ts';
import type { AnswerTable } from './answer-tables.ts';
import { csvOf } from './csv.ts';
import { translatorOf } from './language.ts';
import { xlsxOf } from './xlsx.ts';

/** Where each measure is asked; the member of its question that stands in the path. */
const PATHS: Readonly<Record<string, { readonly path: string; readonly parameter: string | null }>> = {
  funnel: { path: '/v1/funnel', parameter: null },
  breakdown: { path: '/v1/breakdown/{dimension}', parameter: 'dimension' },
  trend: { path: '/v1/trend', parameter: null },
  changes: { path: '/v1/changes', parameter: null },
  maturity: { path: '/v1/maturity', parameter: null },
  criteria: { path: '/v1/criteria', parameter: null },
  page: { path: '/v1/page', parameter: null },
  opportunities: { path: '/v1/opportunities', parameter: null },
  handoffs: { path: '/v1/handoffs', parameter: null },
  targets: { path: '/v1/targets', parameter: null },
  whatif: { path: '/v1/whatif', parameter: null },
  leads: { path: '/v1/leads', parameter: null },
  lead: { path: '/v1/leads/{id}', parameter: 'id' },
};

/** Measures whose answer is also given as a sheet. */
const TABULAR: ReadonlySet<string> = new Set(['breakdown', 'leads']);

/** Leads that one answer gives as a sheet, where it is not asked for fewer. */
const MOST_SHEET_LEADS = 100_000;

/** What tells whether there are more leads; the rows themselves need no check for it. */
const leadsGiven = leadsAnswer.pick({ total: true, offset: true }).extend({ leads: z.array(z.unknown()) });

/** The members of a question in a query string: once a text, more often a list. */
export function questionOf(url: string): Record<string, string | readonly string[]> {
  const question: Record<string, string | readonly string[]> = {};
  const { searchParams } = new URL(url);
  for (const key of new Set(searchParams.keys())) {
    if (key === 'lang' || key === 'format' || key === '__proto__') continue;
    const values = searchParams.getAll(key);
    question[key] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return question;
}

/** A route for every measure of the registry, described by its schemas. */
export function addMeasureRoutes(app: OpenAPIHono, workspace: Workspace): void {
  for (const measure of measures) {
    const place = PATHS[measure.name];
    if (!place) throw new InvariantError(`a measure without a route: ${measure.name}`);
    const query = measure.question instanceof z.ZodObject ? measure.question : z.object({});
    const inPath = place.parameter;
    const route = createRoute({
      method: 'get',
      path: place.path,
      operationId: measure.name,
      request: {
        query: z.object(
          Object.fromEntries(
            Object.entries(query.shape)
              .filter(([name]) => name !== inPath)
              .map(([name, schema]) => [name, described(schema)]),
          ),
        ),
        ...(inPath === null ? {} : { params: z.object({ [inPath]: z.string() }) }),
      },
      responses: {
        200: { description: measure.name, content: { 'application/json': { schema: measure.answer } } },
        default: {
          description: 'RFC 9457',
          content: { 'application/problem+json': { schema: z.object({}) } },
        },
      },
    });
    app.openAPIRegistry.registerPath(route);
    app.get(place.path.replaceAll(/\{(\w+)\}/g, ':$1'), (context) =>
      answer(context, measure, inPath, workspace),
    );
  }
}

/** The description takes only `optional()` for what may be left out. */
function described(schema: unknown): z.ZodType {
  if (!(schema instanceof z.ZodType)) throw new InvariantError('a question whose members are no schemas');
  return schema instanceof z.ZodExactOptional ? schema.optional() : schema;
}

async function answer(
  context: Context,
  measure: RegisteredMeasure,
  parameter: string | null,
  workspace: Workspace,
): Promise<Response> {
  const question = questionOf(context.req.url);
  if (parameter !== null) question[parameter] = context.req.param(parameter) ?? '';
  const format = context.req.query('format') ?? 'json';
  const known = TABULAR.has(measure.name) ? ['json', 'csv', 'xlsx'] : ['json'];
  if (!known.includes(format))
    throw new FaultError([fault('server.unknown_format', { known: known.join(', ') })]);
  const asSheet = format !== 'json';
  if (asSheet && measure.name === 'leads') question['limit'] ??= String(MOST_SHEET_LEADS);
  if (asSheet && measure.name === 'breakdown') question['top'] ??= '1000';
  const result = await workspace.ask(measure.name, question);
  if (!result.ok) throw new FaultError(result.faults);
  const next = measure.name === 'leads' ? nextPage(context.req.url, result.value) : null;
  if (next !== null) context.header('link', `<${next}>; rel="next"`);
  if (!asSheet) return context.json(result.value);
  const table = await tableOf(measure.name, result.value, workspace, translatorOf(context).language);
  if (table === null) return context.json(result.value);
  const { body, type } =
    format === 'csv'
      ? { body: csvOf(table), type: 'text/csv; charset=utf-8' }
      : {
          body: new Uint8Array(xlsxOf(table, measure.name)),
          type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        };
  return context.body(body, 200, {
    'content-type': type,
    'content-disposition': `attachment; filename="tregua-${measure.name}.${format}"`,
  });
}

/** The address of the leads after those of an answer, or `null` after the last. */
function nextPage(url: string, answered: unknown): string | null {
  const { offset, leads, total } = leadsGiven.parse(answered);
  const end = offset + leads.length;
  if (leads.length === 0 || end >= total) return null;
  const { pathname, searchParams } = new URL(url);
  searchParams.set('offset', String(end));
  return `${pathname}?${searchParams.toString()}`;
}

async function tableOf(
  name: string,
  value: unknown,
  workspace: Workspace,
  language: Language,
): Promise<AnswerTable | null> {
  const { agreement } = await workspace.agreement();
  if (name === 'breakdown') {
    return breakdownTable(breakdownAnswer.parse(value), agreement, language);
  }
  return name === 'leads' ? leadsTable(leadsAnswer.parse(value), agreement, language) : null;
}
