import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { z } from 'zod';
import { catalogues } from '../../../locales/index.ts';
import { translator } from '../../../src/core/diagnostic/wording.ts';
import { signatureOf } from '../../../src/node/app/sources/standard-webhooks.ts';
import { MetaServer } from '../../live/meta-server.ts';
import { OPERATOR, serveAgreement } from '../../server/served.ts';
import type { Served } from '../../server/served.ts';

/** One of the 84 bad inputs of the design, by its number there. */
export interface Listed {
  readonly nth: number;
  readonly name: string;
  /** Puts it in, and holds what is said of it to what is expected. */
  check(desk: Desk): Promise<void>;
}

export const AGREEMENT = `tregua: 1
name: Listed
timezone: America/Sao_Paulo
currency: EUR
areas: { marketing: {}, sales: {} }
rates: { USD: { 2026-01-01: 0.9 } }
fields:
  zone: { type: string }
  age: { type: integer }
  budget: { type: number }
  phone: { type: string, pii: phone }
  mail: { type: string, pii: email }
funnel:
  - { id: lead, owner: marketing }
  - { id: adult, owner: marketing, criteria: [ { id: of_age, rule: lead.age >= 18 } ] }
  - { id: sale, owner: sales, criteria: [ { id: won, rule: 'activities.exists(a, a.type == "sale")' } ], value: { sum: amount, where: activity.type == "sale" } }
dimensions:
  - { id: zone, field: zone }
`;

export const HEAD = 'lead_id,created_at,zone\n';

const fault = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().nullable(),
  at: z.object({ line: z.number(), column: z.number() }).nullish(),
});
const problem = fault.extend({ status: z.number(), errors: z.array(fault).optional() });
const report = z.object({
  entry: z.number(),
  rowsRead: z.number(),
  accepted: z.number(),
  unchanged: z.number(),
  rejected: z.number(),
  known: z.boolean(),
  warnings: z.array(z.object({ code: z.string() })),
});
const rejects = z.object({
  rejects: z.array(
    z.object({
      line: z.number(),
      column: z.string().nullable(),
      value: z.string().nullable(),
      code: z.string(),
      reason: z.string(),
    }),
  ),
});

export type Body = string | Uint8Array | ReadableStream<Uint8Array>;

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
}

export interface Refusal {
  readonly status?: number;
  readonly code: string;
  /** The line that it is told of. */
  readonly line?: number;
}

export interface Took {
  readonly accepted: number;
  readonly unchanged?: number;
  /** `line column code` of each refused row. */
  readonly rejects?: readonly string[];
  readonly warnings?: readonly string[];
}

/** A workspace that holds something already, and the ways in which it is told more. */
export class Desk {
  readonly served: Served;
  readonly meta: MetaServer;
  #names = 0;

  private constructor(served: Served, meta: MetaServer) {
    this.served = served;
    this.meta = meta;
  }

  static async open(): Promise<Desk> {
    const meta = new MetaServer();
    const served = await serveAgreement(AGREEMENT, await meta.start());
    served.live.sources.add('plain', 'form', null, {});
    served.live.sources.add('ads', 'meta', null, {
      app: meta.appSecret,
      access: meta.token,
      verify: 'the word',
    });
    const desk = new Desk(served, meta);
    await desk.takes(`${HEAD}known-1,2026-01-01,Norte\nknown-2,2026-01-02,Sur\n`, { accepted: 2 });
    return desk;
  }

  async close(): Promise<void> {
    await this.served.close();
    await this.meta.stop();
  }

  /** A request as a page of ours sends it. */
  async ask(path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Response> {
    const init: RequestInit & { duplex: 'half' } = {
      method,
      duplex: 'half',
      headers: {
        host: 'localhost',
        'content-type': 'application/json',
        'x-tregua-token': OPERATOR,
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: body instanceof Uint8Array ? new Blob([new Uint8Array(body)]) : body }),
    };
    return this.served.app.request(path, init);
  }

  /**
   * A request that is refused: asked in each language, with the same code and place, in words of each, and with
   * what to do.
   */
  async refuses(path: string, asked: () => Asked, { status = 400, code, line }: Refusal): Promise<void> {
    const told = await Promise.all(
      (['es', 'en'] as const).map(async (language) => {
        const { headers, ...rest } = asked();
        const response = await this.ask(path, {
          ...rest,
          headers: { ...headers, 'accept-language': language },
        });
        const body: unknown = await response.json();
        expect([response.status, body]).toMatchObject([status, { code: expect.stringContaining(code) }]);
        return problem.parse(body);
      }),
    );
    if (line !== undefined) expect(told.map(({ at }) => at?.line)).toEqual([line, line]);
    expectWorded(told.map(({ message, hint }) => ({ message, hint })));
  }

  /** A file that is refused whole, and leaves no trace. */
  async refusesFile(content: Body | (() => Body), code: string, as = 'leads'): Promise<void> {
    const before = this.#stored();
    await this.refuses(
      `/v1/imports?name=listed.csv&as=${as}`,
      () => ({ method: 'POST', body: typeof content === 'function' ? content() : content }),
      { code },
    );
    expect(this.#stored()).toEqual(before);
  }

  /** A file that is taken, with each refused row kept under its line, reason and words. */
  async takes(content: Body, took: Took, as = 'leads'): Promise<number> {
    this.#names += 1;
    const response = await this.ask(`/v1/imports?name=listed-${this.#names}.csv&as=${as}`, {
      method: 'POST',
      body: content,
    });
    const body: unknown = await response.json();
    expect([response.status, body]).toMatchObject([200, { accepted: took.accepted }]);
    const { entry, rowsRead, accepted, unchanged, rejected, warnings } = report.parse(body);
    expect(rowsRead).toBe(accepted + unchanged + rejected);
    if (took.unchanged !== undefined) expect(unchanged).toBe(took.unchanged);
    expect(await this.rejectsOf(entry)).toEqual(took.rejects ?? []);
    if (took.warnings !== undefined) expect(warnings.map(({ code }) => code)).toEqual(took.warnings);
    return entry;
  }

  /** The refused rows of an entry, `line column code`, each worded in both languages. */
  async rejectsOf(entry: number): Promise<readonly string[]> {
    const [es, en] = await Promise.all(
      ['es', 'en'].map(async (language) => {
        const response = await this.ask(`/v1/rejects?batch=${entry}&lang=${language}`);
        return rejects.parse(await response.json()).rejects;
      }),
    );
    for (const [nth, one] of (en ?? []).entries()) {
      const other = es?.[nth];
      expect(one.reason).not.toContain(one.code);
      expect(other?.reason).not.toBe(one.reason);
    }
    return (en ?? []).map(({ line, column, code }) =>
      [line, column, code].filter((x) => x !== null).join(' '),
    );
  }

  /** The values of a column of a table, of those rows that it names. */
  async column(table: string, name: string, like: string): Promise<readonly unknown[]> {
    await this.served.workspace.settling.settled();
    const response = await this.ask(`/v1/export/${table}?format=json`);
    return (await response.text())
      .split('\n')
      .filter((line) => line !== '')
      .map((line): Readonly<Record<string, unknown>> => JSON.parse(line))
      .filter((row) => String(row['lead_id']).startsWith(like))
      .toSorted((one, other) => (String(one['lead_id']) < String(other['lead_id']) ? -1 : 1))
      .map((row) => row[name]);
  }

  /** A delivery to the form, rightly signed but for what is said. */
  delivery(body: string, sent: Delivery = {}): Asked {
    const [secret = ''] = this.served.live.sources.secrets('plain', 'signing');
    const id = sent.id ?? `listed-${(this.#names += 1)}`;
    const at = String(sent.at ?? Math.floor(Date.now() / 1000));
    const signature = signatureOf(secret, id, at, Buffer.from(sent.signed ?? body));
    const signed = { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature };
    return { method: 'POST', body, headers: { ...signed, ...sent.headers } };
  }

  /** A notice of Meta with a signature, the right one where none is given. */
  notice(body: string, signature = this.meta.sign(body)): Asked {
    return { method: 'POST', body, headers: { 'x-hub-signature-256': signature } };
  }

  #stored(): readonly string[] {
    return readdirSync(join(this.served.home, '.tregua', 'files')).toSorted();
  }
}

export interface Delivery {
  readonly id?: string;
  /** Seconds since 1970. */
  readonly at?: number;
  /** What was signed, where it is not what is sent. */
  readonly signed?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const WORDS = (['es', 'en'] as const).map((language) => translator(language, ...catalogues(language)));

/** A message in each language, and what to do about it. */
function expectWorded(told: readonly { readonly message: string; readonly hint: string | null }[]): void {
  const [es, en] = told;
  expect(es?.message).not.toBe(en?.message);
  for (const { message, hint } of told) {
    expect(message).not.toMatch(/[{}]|undefined|null/);
    expect(hint, message).toEqual(expect.stringMatching(/\S/));
  }
}

/** That a code of a warning or of a refused record has words in both languages. */
export function expectWords(code: string): void {
  const [es, en] = WORDS.map((translate) => translate(code, { column: 'zone', value: 'x', seconds: 1 }));
  expect(es).not.toBe(code);
  expect(en).not.toBe(code);
  expect(es).not.toBe(en);
}
