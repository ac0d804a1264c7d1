import { setTimeout as after } from 'node:timers/promises';
import { signatureOf } from '../../src/node/app/sources/standard-webhooks.ts';
import { start } from '../cli/tregua.ts';
import type { Started } from '../cli/tregua.ts';

export interface Running {
  readonly address: string;
  readonly started: Started;
}

/** A server of a home, once it says where it is. */
export async function serveHome(home: string): Promise<Running> {
  const started = start(['serve', '--home', home, '--port', '0', '--json']);
  for (;;) {
    const address = /"address":"([^"]+)"/.exec(started.soFar().out)?.[1];
    if (address !== undefined) return { address, started };
    if (started.child.exitCode !== null) throw new Error(started.soFar().told);
    await after(10);
  }
}

/** The headers of a delivery that one who knows the secret signs at this moment. */
export function signedBy(secret: string, id: string, body: string): Readonly<Record<string, string>> {
  const seconds = String(Math.floor(Date.now() / 1000));
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': signatureOf(secret, id, seconds, Buffer.from(body)),
  };
}

/** True where a request was acknowledged; false where it was refused, or struck while it was on its way. */
export async function isTaken(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
