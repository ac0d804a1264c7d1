import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import type { Language } from '../../core/diagnostic/wording.ts';
import {
  askedWith,
  firstQuestion,
  QUESTION_MEMBERS,
  queryText,
  readMembers,
} from '../../core/measures/screen-question.ts';
import type { Parameters, ScreenState } from '../../core/measures/screen-question.ts';
import type { Workspace } from '../app/workspace.ts';

/** So long a page may wait for what there is to ask; a store that is busy is asked by the page itself. */
const MOST_WAIT_MS = 100;

/** The language in which the page will be read, by the same signs that its script goes by. */
export function pageLanguage(context: Context): Language {
  const signs = [context.req.query('lang'), getCookie(context, 'tregua.language')];
  const told = signs.find((sign) => sign === 'es' || sign === 'en');
  if (told !== undefined) return told === 'es' ? 'es' : 'en';
  const preferred = context.req.header('accept-language') ?? '';
  return preferred.trim().toLowerCase().startsWith('en') ? 'en' : 'es';
}

/**
 * The addresses that a page asks first, so that its head can name them: their answers are on the way while its script
 * is still being read. None for a page of a shared link.
 */
export async function firstRequests(
  context: Context,
  workspace: Workspace,
  language: Language,
): Promise<readonly string[]> {
  const { pathname, searchParams } = new URL(context.req.url);
  if (pathname.startsWith('/s/')) return [];
  const state = stateOf(searchParams);
  const address = (path: string, parameters: Parameters): string =>
    `/v1/${path}?${queryText(askedWith(parameters, state.as_of, language))}`;
  const common = [address('status', {}), address('agreement', {})];
  if (pathname !== '/') return common;
  const status = await soon(workspace.status(state.as_of === undefined ? {} : { as_of: state.as_of }));
  return status === null || status.empty
    ? common
    : [...common, address('funnel', firstQuestion(state, status))];
}

/** What the address says of the question, read as the page's router reads it: what is JSON is JSON. */
function stateOf(parameters: URLSearchParams): ScreenState {
  const given = [...new Set(parameters.keys())].map((name) => {
    const texts = parameters.getAll(name);
    return [name, texts.length === 1 ? valueOf(texts[0] ?? '') : texts.map(valueOf)] as const;
  });
  return readMembers(QUESTION_MEMBERS, Object.fromEntries(given));
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What comes soon; `null` where it fails or takes longer: then the page asks, and says what is wrong. */
async function soon<T>(work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), MOST_WAIT_MS);
  });
  try {
    return await Promise.race([work.catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}
