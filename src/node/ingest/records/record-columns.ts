import type { Agreement } from '../../../core/agreement/agreement.ts';
import { plainFields } from '../../../core/facts/columns.ts';
import { AD_KEYS, fieldColumn, isAdKey } from '../../../core/facts/tables.ts';
import type { RecordKind } from '../mapping.ts';

/** The columns of a row's cells, by what the warehouse calls them; `rate` goes with the money before it. */
export function rowColumns(kind: RecordKind, agreement: Agreement): readonly string[] {
  switch (kind) {
    case 'leads':
      return [
        ...['lead_id', 'effective_at', 'created_at', 'brings'],
        ...agreement.fields.map((field) => fieldColumn(field.name)),
        'campaign_id',
        'extra',
        ...agreement.fields
          .filter((field) => field.pii !== null)
          .map((field) => `contact_${fieldColumn(field.name)}`),
      ];
    case 'activities':
      return [
        'activity_id',
        'lead_id',
        'type',
        'at',
        'outcome',
        'seller',
        'original_amount',
        'rate',
        'currency',
        'reason',
        'extra',
      ];
    case 'ads':
      return [
        'day',
        ...AD_KEYS,
        ...plainFields(agreement)
          .filter((field) => !isAdKey(field.name))
          .map((field) => fieldColumn(field.name)),
        ...['impressions', 'clicks', 'original_spend', 'rate', 'currency', 'leads', 'campaign_id', 'extra'],
      ];
  }
}
