import { useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import type { TypeChanges } from '../../../src/core/agreement/type-changes.ts';
import type { AgreementView } from '../../../src/core/agreement/view.ts';
import type { WhatifAnswer } from '../../../src/core/measures/whatif-answer.ts';
import type { AgreementChange } from '../api.ts';
import { useReading } from '../language.tsx';
import { post, Refused } from '../post.ts';

/** What a draft is found to say and to change. */
export interface Judged {
  readonly draft: AgreementView;
  readonly differences: readonly AgreementChange[];
  /** What becomes of the values of fields whose type it changes. */
  readonly types: TypeChanges['fields'];
  /** null where a rule needs one of those: its figures are known once the data are read again. */
  readonly whatif: WhatifAnswer | null;
}

/** A rule needs a field of another type than the stored one: there are no figures before the data are read again. */
function nullIfUnread(error: unknown): null {
  if (error instanceof Refused && error.faults.every(({ code }) => code === 'agreement.field_changed'))
    return null;
  throw error;
}

/** What the text of a draft changes, over the range and the leads that the address asks about. */
export function useJudged(text: string, isAsked: boolean): UseQueryResult<Judged> {
  const { language } = useReading();
  const { from, to, where, filter, as_of } = useSearch({ strict: false });
  return useQuery({
    queryKey: ['draft', text, language, from, to, where, filter, as_of],
    enabled: isAsked,
    retry: false,
    queryFn: async ({ signal }): Promise<Judged> => {
      const draft = { text, file: 'tregua.yaml' };
      const asked = { from, to, where, filter, as_of };
      const question = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
      const [checked, { differences }, types, whatif] = await Promise.all([
        post<AgreementView>('agreement/check', language, draft, signal),
        post<Pick<Judged, 'differences'>>('agreement/differences', language, draft, signal),
        post<TypeChanges>('agreement/types', language, draft, signal),
        post<WhatifAnswer>('drafts/whatif', language, { draft, question }, signal).catch(nullIfUnread),
      ]);
      return { draft: checked, differences, types: types.fields, whatif };
    },
    // While the next change is reckoned, what the last one did stays.
    placeholderData: (before) => before,
  });
}
