import type { Agreement } from '../agreement/agreement.ts';
import { identifier, join, sql } from '../sql/sql.ts';
import type { Fragment } from '../sql/sql.ts';
import { plainFields } from './columns.ts';
import { groupOfAd } from './groups.ts';
import { adMetrics, standing } from './sources.ts';
import type { Scope } from './sources.ts';
import { AD_KEYS, fieldColumn, isAdKey } from './tables.ts';

/**
 * Input: `ad_metric`. Output: rows `dimension, day, value, impressions, clicks, spend` with the total of each
 * day under '' and, where ads have a dimension, its groups. The latest record of an ad's day wins.
 */
export function adDays(agreement: Agreement, scope: Scope): Fragment {
  const { dialect } = scope;
  const segments = plainFields(agreement)
    .filter((field) => !isAdKey(field.name))
    .map((field) => identifier(fieldColumn(field.name)));
  const key = join([identifier('day'), ...AD_KEYS.map((name) => identifier(name)), ...segments]);
  const known = sql`(select * from (
    select *, row_number() over (
      partition by ${key} order by recorded_at desc, entry desc, part desc) as nth
    from ${adMetrics(scope)} as m where ${standing(scope, 'm')}) where nth = 1)`;
  const sums = sql`${dialect.sum(identifier('impressions'))} as impressions,
    ${dialect.sum(identifier('clicks'))} as clicks, ${dialect.sum(identifier('spend'))} as spend,
    count(spend) > 0 as has_spend`;
  const total = sql`select ${dialect.literal('string', '')} as dimension, day,
    ${dialect.nothing('text')} as value, ${sums} from ${known} group by day`;
  const groups = agreement.dimensions.flatMap((dimension): Fragment[] => {
    if (dimension.kind !== 'field') return [];
    const group = groupOfAd(agreement, dimension, dialect);
    return group === null
      ? []
      : [
          // The group's text stands once: an engine does not take two of the same parameters for one.
          sql`select ${dialect.literal('string', dimension.id)} as dimension, day, group_text as value, ${sums}
            from (select *, ${group} as group_text from ${known}) where group_text is not null
            group by day, group_text`,
        ];
  });
  return join([total, ...groups], ' union all ');
}
