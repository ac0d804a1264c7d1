import { SaxesParser } from 'saxes';
import { damaged, WorkbookError } from './workbook-error.ts';

/** A text, a tag or an attribute that is longer is no workbook's. */
const LONGEST_NODE = 16 * 1024 * 1024;
const DEEPEST = 64;

export type Attributes = ReadonlyMap<string, string>;

export interface Handlers {
  /** @param name without its namespace's prefix, as attributes are */
  open(name: string, attributes: Attributes): void;
  text(text: string): void;
  close(name: string): void;
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/**
 * Reads XML as it comes, in memory bounded by its longest node. Entities of its own and what stands outside of
 * it are refused: a workbook needs neither.
 */
export class XmlReader {
  readonly #parser = new SaxesParser();
  #depth = 0;
  #since = 0;

  constructor(handlers: Handlers) {
    const parser = this.#parser;
    parser.on('doctype', () => {
      throw new WorkbookError('ingest.workbook_entities');
    });
    parser.on('error', (error) => {
      throw damaged(error.message.slice(0, 120), error);
    });
    parser.on('opentag', (tag) => {
      this.#since = 0;
      this.#depth += 1;
      if (this.#depth > DEEPEST) throw damaged(local(tag.name));
      handlers.open(
        local(tag.name),
        new Map(Object.entries(tag.attributes).map(([name, value]) => [local(name), value])),
      );
    });
    parser.on('text', (text) => {
      this.#since = 0;
      handlers.text(text);
    });
    parser.on('cdata', (text) => {
      this.#since = 0;
      handlers.text(text);
    });
    parser.on('closetag', (tag) => {
      this.#since = 0;
      this.#depth -= 1;
      handlers.close(local(tag.name));
    });
  }

  push(piece: string): void {
    this.#since += piece.length;
    this.#parser.write(piece);
    if (this.#since > LONGEST_NODE) throw damaged('XML');
  }

  end(): void {
    this.#parser.close();
  }
}

/** Reads a whole part. */
export async function readXml(pieces: AsyncIterable<string>, handlers: Handlers): Promise<void> {
  const reader = new XmlReader(handlers);
  for await (const piece of pieces) reader.push(piece);
  reader.end();
}
