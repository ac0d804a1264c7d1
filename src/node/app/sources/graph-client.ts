import { createHmac } from 'node:crypto';
import { lookup } from 'node:dns';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { BlockList, isIP } from 'node:net';
import type { LookupFunction } from 'node:net';

/** What the Graph API answered. */
export interface GraphAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface GraphClient {
  /** Throws where there is no answer: no network, too slow, too much, an address of our own network. */
  get(path: string, parameters: Readonly<Record<string, string>>, access: GraphAccess): Promise<GraphAnswer>;
}

export interface GraphAccess {
  readonly token: string;
  /** Proves that the token is used by its own app. */
  readonly appSecret: string;
}

export const GRAPH_URL = 'https://graph.facebook.com/v26.0';
const PATIENCE_MS = 30_000;
const MOST_BYTES = 16 * 1024 * 1024;

/** Addresses of this machine and of networks that no name of Meta's leads to. */
const inside = new BlockList();
for (const [address, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  inside.addSubnet(address, bits, 'ipv4');
for (const [address, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inside.addSubnet(address, bits, 'ipv6');

/** True of an address that nobody outside has. */
export function isInside(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return inside.check(mapped, 'ipv4');
  const family = isIP(address);
  return family === 0 || inside.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Looks a name up, and refuses what leads inside. */
const lookupOutside: LookupFunction = (name, options, done) => {
  lookup(name, { ...options, all: true }, (error, found) => {
    if (error !== null) return done(error, []);
    const addresses = Array.isArray(found) ? found : [];
    const bad = addresses.find(({ address }) => isInside(address));
    if (bad !== undefined || addresses.length === 0)
      return done(new Error(`${name} leads to an address of an inner network`), []);
    return done(null, addresses);
  });
};

/**
 * A client of the Graph API. Another address than Meta's is only for tests and is named by who starts the
 * server; then inner networks are allowed, and else never. Redirects are not followed.
 */
export function graphClient(address: string | undefined): GraphClient {
  const base = new URL(address ?? GRAPH_URL);
  const isMeta = address === undefined;
  const request = base.protocol === 'http:' && !isMeta ? plainRequest : secureRequest;
  return {
    get(path, parameters, { token, appSecret }) {
      const url = new URL(`${base.pathname.replace(/\/$/, '')}/${path}`, base);
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      url.searchParams.set('appsecret_proof', createHmac('sha256', appSecret).update(token).digest('hex'));
      return new Promise((resolve, reject) => {
        const asked = request(
          url,
          {
            headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
            timeout: PATIENCE_MS,
            ...(isMeta ? { lookup: lookupOutside } : {}),
          },
          (response) => {
            const chunks: Buffer[] = [];
            let bytes = 0;
            response.on('data', (chunk: Buffer) => {
              bytes += chunk.byteLength;
              if (bytes > MOST_BYTES) asked.destroy(new Error('the answer is too large'));
              else chunks.push(chunk);
            });
            response.once('error', reject);
            response.once('end', () =>
              resolve({
                status: response.statusCode ?? 0,
                headers: response.headers,
                body: Buffer.concat(chunks).toString(),
              }),
            );
          },
        );
        asked.once('timeout', () => asked.destroy(new Error('no answer in time')));
        asked.once('error', reject);
        asked.end();
      });
    },
  };
}
