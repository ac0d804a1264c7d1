import { useEffect, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { useReading } from '../language.tsx';

/** Why a part of the program did not come: another version was installed since, or nobody answers. */
type Reason = 'new_version' | 'unreachable';

let reason: Reason | null = null;
const watchers = new Set<() => void>();

function tell(next: Reason | null): void {
  reason = next;
  for (const told of watchers) told();
}

function watch(told: () => void): () => void {
  watchers.add(told);
  return () => watchers.delete(told);
}

/** A script that this page was built with and that is not to be had. */
class ScriptMissing extends Error {}

/**
 * Imports a screen. One that does not come fails as `ScriptMissing`: the router reloads the page by itself for
 * errors that it knows as such, which would lose what somebody is writing.
 */
export function importing<T>(load: () => Promise<T>): () => Promise<T> {
  return async () => {
    try {
      return await load();
    } catch (error) {
      throw new ScriptMissing(String(error), { cause: error });
    }
  };
}

/** Whether the server has the pages of which this script is no longer one. */
async function reasonNow(): Promise<Reason> {
  const own = document.querySelector<HTMLScriptElement>('script[type="module"][src]')?.getAttribute('src');
  try {
    const answer = await fetch('/', { cache: 'no-store' });
    const isSame = own !== null && own !== undefined && (await answer.text()).includes(own);
    return answer.ok && !isSame ? 'new_version' : 'unreachable';
  } catch {
    return 'unreachable';
  }
}

/** Finds out why whenever a part of the program does not come. The bundler tells of each. */
export function watchScripts(): void {
  addEventListener('vite:preloadError', () => void reasonNow().then(tell));
}

/** Says that the page is of a version that is gone, above a screen that still works. */
export function NewVersionNotice(): ReactNode {
  const { t } = useReading();
  const why = useSyncExternalStore(watch, () => reason);
  if (why !== 'new_version') return null;
  return (
    <p className="notice new-version" role="alert">
      {t('script.new_version')} <ReloadButton />
    </p>
  );
}

/** In the place of a screen that failed: what to do. */
export function ScreenFailure({ error }: { readonly error: unknown }): ReactNode {
  const { t } = useReading();
  const found = useSyncExternalStore(watch, () => reason);
  const isMissing = error instanceof ScriptMissing;
  const why = isMissing ? found : null;
  useEffect(() => {
    if (isMissing) void reasonNow().then(tell);
    else reportError(error);
  }, [error, isMissing]);
  if (isMissing && why === null) return null;
  return (
    <section className="empty screen-failure" role="alert">
      <h1>
        {t(why === 'new_version' ? 'script.new_version' : why === null ? 'script.failed' : 'script.missing')}
      </h1>
      <p>{t(why === 'unreachable' ? 'state.unreachable.hint' : 'script.hint')}</p>
      <p>
        <ReloadButton />
      </p>
    </section>
  );
}

function ReloadButton(): ReactNode {
  const { t } = useReading();
  return (
    <button type="button" onClick={() => location.reload()}>
      {t('script.reload')}
    </button>
  );
}
