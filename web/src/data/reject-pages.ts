import { useInfiniteQuery } from '@tanstack/react-query';
import { ask } from '../api.ts';
import type { Parameters } from '../../../src/core/measures/screen-question.ts';
import { useReading } from '../language.tsx';
import type { Reject, RejectPage } from './answers.ts';

const MOST = 200;

/** The refused rows of a filter as far as they were asked for, and how to ask for more. */
export interface RejectPages {
  readonly rejects: readonly Reject[];
  /** Of the filter, however many are here. */
  readonly total: number;
  readonly reasons: RejectPage['reasons'];
  readonly error: Error | null;
  readonly isLoaded: boolean;
  readonly isLoadingMore: boolean;
  readonly more: () => void;
  readonly retry: () => void;
}

export function useRejects(filter: Parameters): RejectPages {
  const { language } = useReading();
  const all = { ...filter, most: MOST, lang: language };
  const query = useInfiniteQuery({
    queryKey: ['rejects', all],
    queryFn: ({ signal, pageParam }) => ask('rejects', { ...all, after: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: (before) => before,
  });
  const pages = query.data?.pages ?? [];
  const [first] = pages;
  return {
    rejects: pages.flatMap(({ rejects }) => rejects),
    total: first?.total ?? 0,
    reasons: first?.reasons ?? [],
    error: query.error,
    isLoaded: first !== undefined,
    isLoadingMore: query.isFetchingNextPage,
    more: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
}
