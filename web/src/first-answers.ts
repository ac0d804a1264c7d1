import type { QueryClient } from '@tanstack/react-query';
import type { Language } from '../../src/core/diagnostic/wording.ts';
import { askedWith, firstQuestion } from '../../src/core/measures/screen-question.ts';
import type { Parameters } from '../../src/core/measures/screen-question.ts';
import { askAhead } from './api.ts';
import type { Search } from './search.ts';

/** Longer than this nobody waits for numbers without seeing where they will stand. */
const MOST_WAIT_MS = 400;

/**
 * What the first screen shows, asked before it is drawn: where the answers come soon (the head of the page has named
 * them, and they are on their way), it is drawn once and whole. What fails is asked again by the screen, which says so.
 */
export async function firstAnswers(
  queries: QueryClient,
  pathname: string,
  state: Search,
  language: Language,
): Promise<void> {
  const asked = (parameters: Parameters): Parameters => askedWith(parameters, state.as_of, language);
  const funnel = async (): Promise<void> => {
    const status = await askAhead(queries, 'status', asked({}));
    if (pathname === '/' && !status.empty)
      await askAhead(queries, 'funnel', asked(firstQuestion(state, status)));
  };
  await Promise.race([
    Promise.allSettled([funnel(), askAhead(queries, 'agreement', asked({}))]),
    new Promise((resolve) => setTimeout(resolve, MOST_WAIT_MS)),
  ]);
}
