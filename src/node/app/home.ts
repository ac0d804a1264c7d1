import { access, constants, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Agreement } from '../../core/agreement/agreement.ts';
import { parseAgreement } from '../../core/agreement/parse.ts';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { failure, success } from '../../core/diagnostic/result.ts';
import type { Result } from '../../core/diagnostic/result.ts';
import { parseMapping } from '../ingest/mapping-document.ts';
import type { MappingDocument } from '../ingest/mapping-document.ts';
import { isDiskFull, isNodeError } from '../system-error.ts';
import { preparePrivate } from './private-store.ts';

export const AGREEMENT_FILE = 'tregua.yaml';

/** The folder of what Tregua keeps in a home. */
export function storeFolder(home: string): string {
  return join(home, '.tregua');
}

/** The nearest folder, from one upwards, that holds an agreement. */
export async function findHome(from: string): Promise<string | null> {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    try {
      await access(join(folder, AGREEMENT_FILE));
      return folder;
    } catch {
      if (dirname(folder) === folder) return null;
    }
  }
}

/** Makes sure that a home is a folder to write in. */
export async function prepareHome(home: string): Promise<Result<null>> {
  try {
    const found = await stat(home);
    if (!found.isDirectory()) return failure(fault('store.home_is_file', { home }));
  } catch {
    return failure(fault('store.no_home', { home }));
  }
  try {
    preparePrivate(storeFolder(home), ['tmp', 'files']);
    await access(storeFolder(home), constants.W_OK);
    return success(null);
  } catch (error) {
    return failure(
      isDiskFull(error) ? fault('store.disk_full', { free: 0 }) : fault('store.home_read_only', { home }),
    );
  }
}

export interface AgreementText {
  readonly text: string;
  readonly agreement: Agreement;
}

/** Reads and checks a home's agreement. */
export async function readAgreement(home: string): Promise<Result<AgreementText>> {
  let text: string;
  try {
    text = await readFile(join(home, AGREEMENT_FILE), 'utf8');
  } catch (error) {
    const missing = isNodeError(error) && error.code === 'ENOENT';
    return failure(fault(missing ? 'store.no_agreement' : 'store.agreement_unreadable', { home }));
  }
  const agreement = parseAgreement(text, AGREEMENT_FILE);
  return agreement.ok ? success({ text, agreement: agreement.value }, agreement.warnings) : agreement;
}

/** Reads the mappings of a home, `mappings/*.yaml`, in the order of their names. */
export async function readMappings(
  home: string,
  agreement: Agreement,
): Promise<Result<readonly MappingDocument[]>> {
  const folder = join(home, 'mappings');
  let names: readonly string[];
  try {
    names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
  } catch {
    return success([]);
  }
  return parseMappings(folder, names, agreement, 'mappings', false);
}

/**
 * Reads mappings of a folder.
 *
 * @param shown the folder as it is told where a mapping is at fault
 * @param areShipped see `parseMapping`
 */
export async function parseMappings(
  folder: string,
  names: readonly string[],
  agreement: Agreement,
  shown: string,
  areShipped: boolean,
): Promise<Result<readonly MappingDocument[]>> {
  const fields = agreement.fields.map((field) => field.name);
  const faults: Diagnostic[] = [];
  const mappings: MappingDocument[] = [];
  for (const name of names) {
    const text = await readFile(join(folder, name), 'utf8');
    const mapping = parseMapping(text, join(shown, name), fields, areShipped);
    if (mapping.ok) mappings.push(mapping.value);
    else faults.push(...mapping.faults);
  }
  return faults.length > 0 ? failure(...faults) : success(mappings);
}
