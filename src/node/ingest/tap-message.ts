import type { DiagnosticParameter } from '../../core/diagnostic/diagnostic.ts';

/** What a line of a tap says, in whichever protocol. */
export type TapMessage =
  | {
      readonly kind: 'schema';
      readonly stream: string;
      readonly key: readonly string[];
      /** The members that a record may have. */
      readonly columns: readonly string[];
    }
  | {
      readonly kind: 'record';
      readonly stream: string;
      readonly version: string | null;
      /** The members that it has. */
      readonly columns: readonly string[];
    }
  | {
      readonly kind: 'state';
      /** What it is the state of: '' for all of the source. */
      readonly part: string;
      /** As it came. */
      readonly text: string;
      /** What is written once its records are kept. */
      readonly echo: string;
    }
  | { readonly kind: 'activate'; readonly stream: string; readonly version: string }
  /** The source says itself that it failed. */
  | { readonly kind: 'trouble'; readonly text: string }
  | { readonly kind: 'other' }
  | {
      readonly kind: 'fault';
      readonly code: string;
      readonly params: Readonly<Record<string, DiagnosticParameter>>;
    };

/** A protocol that taps speak. */
export interface TapFormat {
  readonly name: 'singer' | 'airbyte';
  /** Where the record stands in its message. */
  readonly record: readonly string[];
  /** A stream is told with its key and members before its records. */
  readonly tellsSchema: boolean;
  /** Every state is answered, not the last of several only. */
  readonly echoesAll: boolean;
  read(line: string): TapMessage;
}

const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/gs;

/** The text of a member of a JSON object exactly as it stands there: what is opaque must not be written anew. */
export function memberText(json: string, name: string): string | null {
  const key = JSON.stringify(name);
  let depth = 0;
  let found: number | null = null;
  let last = '';
  for (const { 0: token, index } of json.matchAll(TOKENS)) {
    if (depth === 1 && found !== null && (token === ',' || token === '}'))
      return json.slice(found, index).trim();
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (token === ':' && depth === 1 && last === key) found = index + 1;
    last = token;
  }
  return null;
}
