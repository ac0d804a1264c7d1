import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvariantError } from '../../../core/diagnostic/errors.ts';
import { parse } from 'yaml';
import { z } from 'zod';
import { inPackage } from '../../package-folder.ts';
import { plainText } from './header-names.ts';
import { parsePreset } from './preset.ts';
import type { Preset } from './preset.ts';

const FOLDER = inPackage('presets');

/** How fields of an agreement are called, and columns that go there. */
const FIELDS = 'fields.yaml';

/** How columns of unknown files are often called, by Tregua's own names. */
const NAMES = 'names.yaml';

function readShipped(): readonly Preset[] {
  const names = readdirSync(FOLDER).filter(
    (name) => name.endsWith('.yaml') && name !== FIELDS && name !== NAMES,
  );
  return names.sort().map((name) => {
    const preset = parsePreset(readFileSync(join(FOLDER, name), 'utf8'), name);
    if (!preset.ok) throw new InvariantError(`${name}: ${JSON.stringify(preset.faults)}`);
    return preset.value;
  });
}

let shipped: readonly Preset[] | null = null;

/** The presets that come with the program, in the order in which they are tried. */
export function shippedPresets(): readonly Preset[] {
  shipped ??= readShipped();
  return shipped;
}

const groups = z.record(z.string(), z.array(z.string()));
let synonyms: ReadonlyMap<string, string> | null = null;

/** What a name means among fields: the group that it belongs to, or itself. */
export function meaningOf(name: string): string {
  if (synonyms === null) {
    const read = groups.parse(parse(readFileSync(join(FOLDER, FIELDS), 'utf8')));
    synonyms = new Map(
      Object.entries(read).flatMap(([group, names]) =>
        [group, ...names].map((each): [string, string] => [bare(each), group]),
      ),
    );
  }
  const plain = bare(name);
  return synonyms.get(plain) ?? plain;
}

let canonical: ReadonlyMap<string, readonly string[]> | null = null;

/** The names of Tregua's own that a column may stand for, by what it is called. */
export function canonicalNameOf(header: string): readonly string[] {
  if (canonical === null) {
    const read = groups.parse(parse(readFileSync(join(FOLDER, NAMES), 'utf8')));
    const made = new Map<string, string[]>();
    for (const [name, spellings] of Object.entries(read))
      for (const spelling of spellings) made.set(bare(spelling), [...(made.get(bare(spelling)) ?? []), name]);
    canonical = made;
  }
  return canonical.get(bare(header)) ?? [];
}

function bare(name: string): string {
  return plainText(name)
    .replaceAll(/[_\s]+/g, ' ')
    .replaceAll(/[¿?¡!:*.]/g, '')
    .trim();
}
