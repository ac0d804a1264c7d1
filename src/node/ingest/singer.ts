import { isObject, memberOf, parseExactly } from './message-record.ts';
import type { JsonObject } from './message-record.ts';
import { memberText } from './tap-message.ts';
import type { TapFormat, TapMessage } from './tap-message.ts';

/** Singer 0.3, with the extensions that taps use: versions and their activation. */
export const singer: TapFormat = {
  name: 'singer',
  record: ['record'],
  tellsSchema: true,
  echoesAll: false,
  read(line) {
    const message = parseExactly(line);
    if (!isObject(message)) return wrong('load.no_message', { found: line.slice(0, 80) });
    const type = memberOf(message, 'type');
    if (typeof type !== 'string') return wrong('load.no_message', { found: line.slice(0, 80) });
    switch (type.toUpperCase()) {
      case 'SCHEMA':
        return schema(message);
      case 'RECORD':
        return record(message);
      case 'STATE': {
        const value = memberText(line, 'value') ?? 'null';
        return { kind: 'state', part: '', text: value, echo: value };
      }
      case 'ACTIVATE_VERSION': {
        const version = versionOf(message);
        const stream = memberOf(message, 'stream');
        return typeof stream === 'string' && version !== null
          ? { kind: 'activate', stream, version }
          : wrong('load.bad_message', { type: 'ACTIVATE_VERSION', needs: 'stream, version' });
      }
      case 'BATCH':
        return wrong('load.batch', { stream: String(memberOf(message, 'stream')) });
      default:
        return { kind: 'other' };
    }
  },
};

function wrong(code: string, params: Extract<TapMessage, { kind: 'fault' }>['params']): TapMessage {
  return { kind: 'fault', code, params };
}

function versionOf(message: JsonObject): string | null {
  const version = memberOf(message, 'version');
  return typeof version === 'number' || typeof version === 'string' ? String(version) : null;
}

function schema(message: JsonObject): TapMessage {
  const stream = memberOf(message, 'stream');
  const definition = memberOf(message, 'schema');
  const key = memberOf(message, 'key_properties') ?? [];
  if (typeof stream !== 'string' || !isObject(definition) || !Array.isArray(key))
    return wrong('load.bad_message', { type: 'SCHEMA', needs: 'stream, schema, key_properties' });
  return {
    kind: 'schema',
    stream,
    key: key.map(String),
    columns: [...propertiesOf(definition, definition, new Set())],
  };
}

function record(message: JsonObject): TapMessage {
  const stream = memberOf(message, 'stream');
  const value = memberOf(message, 'record');
  if (typeof stream !== 'string' || !isObject(value))
    return wrong('load.bad_message', { type: 'RECORD', needs: 'stream, record' });
  return { kind: 'record', stream, version: versionOf(message), columns: Object.keys(value) };
}

/** The members that a JSON Schema names, through its references and alternatives. */
function propertiesOf(node: unknown, root: JsonObject, seen: Set<unknown>): ReadonlySet<string> {
  const names = new Set<string>();
  if (!isObject(node) || seen.has(node)) return names;
  seen.add(node);
  const properties = memberOf(node, 'properties');
  if (isObject(properties)) for (const name of Object.keys(properties)) names.add(name);
  const reference = memberOf(node, '$ref');
  const target =
    typeof reference === 'string' && reference.startsWith('#/')
      ? reference
          .slice(2)
          .split('/')
          .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
          .reduce<unknown>(memberOf, root)
      : undefined;
  const parts = ['anyOf', 'oneOf', 'allOf'].flatMap((name) => {
    const list = memberOf(node, name);
    return Array.isArray(list) ? list : [];
  });
  for (const part of [target, ...parts]) for (const name of propertiesOf(part, root, seen)) names.add(name);
  return names;
}
