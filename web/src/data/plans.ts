import { useQueries } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import { post } from '../post.ts';
import { NO_CHOICE } from './import-answers.ts';
import type { Choice, PlannedFile } from './import-answers.ts';

/** What each file would become, asked anew when something is said of it. */
export function usePlans(
  ids: readonly string[],
  choices: Readonly<Record<string, Choice>>,
  language: string,
): readonly UseQueryResult<PlannedFile>[] {
  return useQueries({
    queries: ids.map((id) => {
      const choice = choices[id] ?? NO_CHOICE;
      return {
        queryKey: ['plan', id, choice, language],
        queryFn: ({ signal }: { signal: AbortSignal }): Promise<PlannedFile> =>
          planOf(id, choice, language, signal),
        staleTime: Infinity,
        // Reading a file again is dear, and nothing that comes in meanwhile changes what it says.
        meta: { isKept: true },
        retry: false,
      };
    }),
  });
}

async function planOf(
  id: string,
  choice: Choice,
  language: string,
  signal: AbortSignal,
): Promise<PlannedFile> {
  const { remember: _remember, name: _name, ...said } = choice;
  const body = { files: [{ id, ...said }] };
  const { files } = await post<{ files: readonly PlannedFile[] }>('import/plan', language, body, signal);
  const [file] = files;
  if (file === undefined) throw new Error('a plan of no file');
  return file;
}
