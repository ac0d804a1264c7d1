import { isObject, memberOf, parseExactly } from './message-record.ts';
import { memberText } from './tap-message.ts';
import type { TapFormat, TapMessage } from './tap-message.ts';

/** Airbyte's protocol, of which sources write records, states, logs and traces. */
export const airbyte: TapFormat = {
  name: 'airbyte',
  record: ['record', 'data'],
  tellsSchema: false,
  echoesAll: true,
  read(line) {
    const message = parseExactly(line);
    const type = memberOf(message, 'type');
    // What is no message is a log, by the protocol.
    if (typeof type !== 'string') return { kind: 'other' };
    switch (type.toUpperCase()) {
      case 'RECORD':
        return record(memberOf(message, 'record'));
      case 'STATE':
        return state(line, memberOf(message, 'state'));
      case 'TRACE':
        return trace(memberOf(message, 'trace'));
      default:
        return { kind: 'other' };
    }
  },
};

function record(value: unknown): TapMessage {
  const stream = memberOf(value, 'stream');
  const data = memberOf(value, 'data');
  if (typeof stream !== 'string' || !isObject(data)) {
    return { kind: 'fault', code: 'load.bad_message', params: { type: 'RECORD', needs: 'stream, data' } };
  }
  return {
    kind: 'record',
    stream: fullName(memberOf(value, 'namespace'), stream),
    version: null,
    columns: Object.keys(data),
  };
}

function fullName(namespace: unknown, name: string): string {
  return typeof namespace === 'string' && namespace !== '' ? `${namespace}.${name}` : name;
}

/** One a stream; the older forms are of all of the source. */
function state(line: string, value: unknown): TapMessage {
  const text = memberText(line, 'state') ?? 'null';
  const descriptor = memberOf(memberOf(value, 'stream'), 'stream_descriptor');
  const name = memberOf(descriptor, 'name');
  const part = typeof name === 'string' ? fullName(memberOf(descriptor, 'namespace'), name) : '';
  return { kind: 'state', part, text, echo: line };
}

function trace(value: unknown): TapMessage {
  if (memberOf(value, 'type') !== 'ERROR') return { kind: 'other' };
  const text = memberOf(memberOf(value, 'error'), 'message');
  return { kind: 'trouble', text: typeof text === 'string' ? text : 'ERROR' };
}
