import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import type { Mapping } from '../ingest/mapping.ts';
import { namedOtherwise, namingOf } from '../ingest/naming.ts';
import type { SqliteLedger } from '../ledger/sqlite.ts';

/** The rows of which mappings are compared: those of a stream, or of files with the same columns. */
type Shape = Pick<Mapping, 'records'> & {
  readonly stream?: { readonly name: string } | undefined;
  readonly columns: readonly string[];
};

function isSameShape({ stream, format }: Mapping, other: Shape): boolean {
  return other.stream === undefined
    ? stream === undefined && format.columns.join('\n') === other.columns.join('\n')
    : stream?.name === other.stream.name;
}

/**
 * A mapping is frozen with each batch, so that what a source told under another one stays as it was read. Where the
 * two take the same ids for those of different systems, a person would be there twice: it is refused, until what was
 * read before is undone.
 */
export function namingFault(ledger: SqliteLedger, source: string, shape: Shape): Diagnostic | null {
  const now = namingOf(shape);
  if (now.size === 0) return null;
  for (const { entry, mapping } of ledger.mappingsOf(source)) {
    if (!isSameShape(mapping, shape)) continue;
    const found = namedOtherwise(namingOf(mapping), now);
    if (found !== null) return fault('load.named_otherwise', { source, batch: entry, ...found });
  }
  return null;
}
