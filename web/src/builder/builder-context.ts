import { createContext, use } from 'react';
import type { Field } from '../../../src/core/agreement/agreement.ts';
import type { AgreementForm } from '../../../src/core/agreement/form.ts';
import type { SeenValues } from '../../../src/core/agreement/seen-values.ts';
import type { Path, TextEdit } from '../../../src/core/agreement/text-edit.ts';
import type { NumberFormat } from '../../../src/core/diagnostic/numbers.ts';
import type { Language, Translate } from '../../../src/core/diagnostic/wording.ts';
import type { Told } from '../post.ts';

export interface Named {
  readonly id: string;
  readonly label: string;
}

/** What every part of the form needs. */
export interface Builder {
  readonly form: AgreementForm;
  readonly language: Language;
  /** The words of the form, and of the faults of rules. */
  readonly t: Translate;
  readonly format: NumberFormat;
  readonly timezone: string;
  /** A number with the decimals that it has. */
  readonly number: (value: number) => string;
  /** A local day with its year. */
  readonly date: (day: string) => string;
  readonly areas: readonly Named[];
  readonly stages: readonly (Named & { readonly isReached: boolean })[];
  readonly fields: readonly Field[];
  readonly seen: SeenValues | undefined;
  readonly hue: (area: string) => 'marketing' | 'sales';
  readonly fieldLabel: (name: string) => string;
  /** The faults that stand at a part of the text, or also within it. */
  readonly faultsAt: (path: Path, isDeep?: boolean) => readonly Told[];
  /** Whether anything is wrong with a part of the text, or within it. */
  readonly faultsUnder: (path: Path) => boolean;
  /** The id of what was just added: it is shown open. */
  readonly fresh: string | null;
  /** Edits one after the other; those of one key in a row are undone together. */
  readonly edit: (edits: readonly TextEdit[], key?: string) => void;
  /** The same, for something that goes by an id from then on: it stays open. */
  readonly editAs: (id: string, edits: readonly TextEdit[]) => void;
}

export const BuilderContext = createContext<Builder | null>(null);

export function useBuilder(): Builder {
  const builder = use(BuilderContext);
  if (builder === null) throw new Error('a part of the form outside of it');
  return builder;
}

/** An id that none of those has, of the words of a name. */
export function freeId(base: string, taken: readonly string[]): string {
  const plain = base
    .normalize('NFD')
    .replaceAll(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[^a-z]+|_+$/g, '')
    .slice(0, 36);
  const root = plain === '' ? 'new' : plain;
  if (!taken.includes(root)) return root;
  let nth = 2;
  while (taken.includes(`${root}_${nth}`)) nth += 1;
  return `${root}_${nth}`;
}
