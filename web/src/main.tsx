import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { firstAnswers } from './first-answers.ts';
import { LanguageProvider } from './language.tsx';
import { refreshWhenChanged } from './live.ts';
import { UndoProvider } from './parts/undo.tsx';
import { watchScripts } from './parts/script-missing.tsx';
import { showTheme } from './parts/theme.ts';
import { router } from './router.tsx';
import { readSearch } from './search.ts';
import { sharedToken } from './shared-link.ts';
import { firstLanguage, wordsOf } from './words/words.ts';
import './styles.css';

showTheme();
watchScripts();

const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: 30_000, retry: 1, refetchOnWindowFocus: false } },
});

/** Draws the pages once what the first of them shows is there. No module waits for it: later ones import from this one. */
async function start(root: HTMLElement): Promise<void> {
  const language = firstLanguage();
  const { pathname, search } = router.latestLocation;
  const [words] = await Promise.all([
    wordsOf(language),
    sharedToken() === null && firstAnswers(queries, pathname, readSearch(search), language),
    // Its screen is there before anything is drawn: it is drawn once.
    router.load(),
  ]);
  createRoot(root).render(
    <StrictMode>
      <LanguageProvider first={words}>
        <QueryClientProvider client={queries}>
          <UndoProvider>
            <RouterProvider router={router} />
          </UndoProvider>
        </QueryClientProvider>
      </LanguageProvider>
    </StrictMode>,
  );
  // Who reads by a link asks for that view, and nothing else.
  if (sharedToken() === null) refreshWhenChanged(queries);
}

const root = document.getElementById('root');
if (root) void start(root);
