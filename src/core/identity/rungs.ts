import type { Agreement, Field } from '../agreement/agreement.ts';
import { unreachable } from '../diagnostic/errors.ts';

/** What a click on an ad leaves behind, one a platform and way. */
export const CLICK_IDS = ['gclid', 'gbraid', 'wbraid', 'fbclid', 'ttclid', 'li_fat_id', 'ctwa_clid'] as const;
export type ClickId = (typeof CLICK_IDS)[number];

/** What is compared as it stands, and what is brought into one form first. */
export type ExactKey = 'crm_id' | ClickId;
export type TextKey = 'email' | 'phone' | 'name';
export type KeyKind = ExactKey | TextKey;

/** What a record may bring besides `lead_id` to tell whose it is. */
export const KEY_NAMES = ['crm_id', 'converted_id', ...CLICK_IDS, 'email', 'phone', 'name'] as const;
export type KeyName = (typeof KEY_NAMES)[number];

/** The ladder, from what is surest. `name` never joins, it only suggests. */
export const RUNGS = ['confirmed', 'lead_id', 'crm_id', 'click_id', 'email', 'phone', 'name'] as const;
export type Rung = (typeof RUNGS)[number];

/** The position on the ladder: less is surer. */
export function rungNumber(rung: Rung): number {
  return RUNGS.indexOf(rung);
}

export function isKeyName(name: string): name is KeyName {
  return (KEY_NAMES as readonly string[]).includes(name);
}

export function isTextKey(kind: KeyKind): kind is TextKey {
  return kind === 'email' || kind === 'phone' || kind === 'name';
}

/** The kind of key that a name brings. */
export function kindOfName(name: KeyName): KeyKind {
  return name === 'converted_id' ? 'crm_id' : name;
}

export function rungOf(kind: KeyKind): Rung {
  switch (kind) {
    case 'crm_id':
    case 'email':
    case 'phone':
    case 'name':
      return kind;
    case 'gclid':
    case 'gbraid':
    case 'wbraid':
    case 'fbclid':
    case 'ttclid':
    case 'li_fat_id':
    case 'ctwa_clid':
      return 'click_id';
    default:
      return unreachable(kind, 'key');
  }
}

export interface KeyField {
  readonly field: Field;
  readonly kind: TextKey;
}

/** The personal fields whose texts are keys: e-mails and phones where `identity` names them, names to suggest. */
export function keyFields(agreement: Agreement): readonly KeyField[] {
  return agreement.fields.flatMap((field): readonly KeyField[] => {
    switch (field.pii) {
      case 'email':
      case 'phone':
        return agreement.identity.includes(field.name) ? [{ field, kind: field.pii }] : [];
      case 'name':
        return [{ field, kind: 'name' }];
      case 'address':
      case 'document':
      case 'other':
      case null:
        return [];
      default:
        return unreachable(field.pii, 'kind of personal data');
    }
  });
}
