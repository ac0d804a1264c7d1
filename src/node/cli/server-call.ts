import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface ServerCall {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: AsyncIterable<Uint8Array>;
}

/**
 * Calls a server and waits for its answer however long that takes: `fetch` gives up after five minutes, and a
 * large file may be longer on its way, or longer in being counted.
 */
export function callServer(
  url: string,
  { method = 'GET', headers = {}, body }: ServerCall,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers });
    // After the answer nothing listens any more, and a late error of the sending is of no use to anyone.
    asked.on('error', reject);
    asked.once('response', resolve);
    if (body === undefined) asked.end();
    else pipeline(Readable.from(body), asked).catch(reject);
  });
}

export async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}
