import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A lead as the Graph API holds it. */
export interface MetaLead {
  readonly id: string;
  readonly form: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly answers: Readonly<Record<string, string>>;
}

/**
 * A server that behaves as the documentation of Meta's Graph API says of leads: one by its id, those of a form
 * in pages with cursors, limits of calls with their codes and headers, tokens that end, proof of the app.
 */
export class MetaServer {
  readonly appSecret = 'the-secret-of-the-app';
  readonly leads = new Map<string, MetaLead>();
  /** Calls that were answered, by path. */
  readonly calls: string[] = [];
  token = 'a-token-in-force';
  /** Answers to give before any other: a code of the documentation, and headers. */
  readonly faults: {
    readonly status: number;
    readonly code: number;
    readonly headers?: Readonly<Record<string, string>>;
  }[] = [];
  readonly #server = createServer((request, response) => this.#answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no address');
    return `http://127.0.0.1:${address.port}/v26.0`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  add(lead: MetaLead): void {
    this.leads.set(lead.id, lead);
  }

  /** A notice of leads, as it is posted: ids are numbers of up to 17 digits. */
  notice(leads: readonly MetaLead[]): string {
    const changes = leads.map(
      ({ id, form, created }) =>
        `{"field":"leadgen","value":{"leadgen_id":${id},"page_id":112233445566778,"form_id":${form},"created_time":${created}}}`,
    );
    return `{"object":"page","entry":[{"id":"112233445566778","time":1700000000,"changes":[${changes.join(',')}]}]}`;
  }

  sign(body: string | Uint8Array): string {
    return `sha256=${createHmac('sha256', this.appSecret).update(body).digest('hex')}`;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://meta');
    const path = url.pathname.replace(/^\/v26\.0\//, '');
    const send = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    };
    const fail = (
      status: number,
      code: number,
      message: string,
      headers?: Readonly<Record<string, string>>,
    ): void =>
      send(
        status,
        JSON.stringify({ error: { message, type: 'OAuthException', code, fbtrace_id: 'x' } }),
        headers,
      );
    this.calls.push(path);
    const planned = this.faults.shift();
    if (planned !== undefined) return fail(planned.status, planned.code, 'planned', planned.headers);
    const proof = createHmac('sha256', this.appSecret).update(this.token).digest('hex');
    if (request.headers.authorization !== `Bearer ${this.token}`)
      return fail(400, 190, 'Error validating access token: Session has expired');
    if (url.searchParams.get('appsecret_proof') !== proof) return fail(400, 100, 'Invalid appsecret_proof');
    const form = /^(\d+)\/leads$/.exec(path)?.[1];
    if (form !== undefined) return send(200, this.#page(form, url.searchParams));
    const lead = this.leads.get(path);
    if (lead === undefined)
      return fail(400, 100, `Unsupported get request. Object with ID '${path}' does not exist`);
    return send(200, leadText(lead));
  }

  #page(form: string, parameters: URLSearchParams): string {
    const since = Number(/"value":(\d+)/.exec(parameters.get('filtering') ?? '')?.[1] ?? 0);
    const all = [...this.leads.values()].filter((lead) => lead.form === form && lead.created > since);
    const from = Number(parameters.get('after') ?? 0);
    // Meta may give fewer than asked for.
    const limit = Math.min(Number(parameters.get('limit') ?? 25), 25);
    const data = all.slice(from, from + limit).map(leadText);
    const after = from + data.length;
    const next = after < all.length ? `,"next":"https://graph.facebook.com/elsewhere?after=${after}"` : '';
    return `{"data":[${data.join(',')}],"paging":{"cursors":{"before":"${from}","after":"${after}"}${next}}}`;
  }
}

function leadText({ id, form, created, answers }: MetaLead): string {
  const at = new Date(created * 1000).toISOString().replace('.000Z', '+0000');
  const fields = Object.entries(answers).map(([name, value]) => ({ name, values: [value] }));
  return JSON.stringify({
    created_time: at,
    id,
    form_id: form,
    campaign_name: 'Otoño',
    platform: 'ig',
    field_data: fields,
  });
}
