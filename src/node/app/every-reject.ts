import type { OpenReject, RejectFilter } from '../../core/data/standings.ts';
import { MOST_REJECTS } from '../../core/data/standings.ts';
import type { Workspace } from './workspace.ts';

/** The refused rows of all pages, one page held at a time. */
export async function* everyReject(
  workspace: Pick<Workspace, 'rejects'>,
  filter: RejectFilter = {},
): AsyncGenerator<OpenReject> {
  let after: string | undefined;
  do {
    const page = await workspace.rejects({ ...filter, most: MOST_REJECTS, after });
    yield* page.rejects;
    after = page.next ?? undefined;
  } while (after !== undefined);
}
