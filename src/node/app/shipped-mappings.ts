import { readdir } from 'node:fs/promises';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { InvariantError } from '../../core/diagnostic/errors.ts';
import type { MappingDocument } from '../ingest/mapping-document.ts';
import { inPackage } from '../package-folder.ts';
import { parseMappings } from './home.ts';

/** The mappings of streams of known taps that come with the program, for an agreement. */
export async function shippedMappings(agreement: Agreement): Promise<readonly MappingDocument[]> {
  const folder = inPackage('presets', 'taps');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  const mappings = await parseMappings(folder, files, agreement, 'presets/taps', true);
  if (!mappings.ok) throw new InvariantError(JSON.stringify(mappings.faults));
  return mappings.value;
}
