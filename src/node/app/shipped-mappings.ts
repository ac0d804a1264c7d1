import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { InvariantError } from '../../core/diagnostic/errors.ts';
import type { MappingDocument } from '../ingest/mapping-document.ts';
import { parseMappings } from './home.ts';

/** Of the repository, beside the sources and beside what is built of them. */
const PLACES = ['../../../', '../../../../'].map((root) => new URL(`${root}presets/taps/`, import.meta.url));

/** The mappings of streams of known taps that come with the program, for an agreement. */
export async function shippedMappings(agreement: Agreement): Promise<readonly MappingDocument[]> {
  for (const place of PLACES) {
    const folder = fileURLToPath(place);
    const names = await readdir(folder).catch(() => null);
    if (names === null) continue;
    const files = names.filter((name) => name.endsWith('.yaml')).sort();
    const mappings = await parseMappings(folder, files, agreement, 'presets/taps', true);
    if (!mappings.ok) throw new InvariantError(JSON.stringify(mappings.faults));
    return mappings.value;
  }
  return [];
}
