import { fault } from '../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../core/diagnostic/errors.ts';
import { loadInto } from './load.ts';
import type { LoadContext } from './load.ts';
import type { LoadEvent, LoadRequest } from './load-events.ts';

/** The loads of a workspace, one a source: two at once would tell each other's state. */
export class Loads {
  readonly #sources = new Set<string>();

  isReading(source: string): boolean {
    return this.#sources.has(source);
  }

  /** @param after told whenever something was kept */
  async *load(context: LoadContext, request: LoadRequest, after: () => void): AsyncGenerator<LoadEvent> {
    const { source } = request;
    if (this.#sources.has(source)) throw new FaultError([fault('load.busy', { source })]);
    this.#sources.add(source);
    const use: LoadContext['use'] = async (work) => {
      try {
        return await context.use(work);
      } finally {
        after();
      }
    };
    try {
      yield* loadInto({ ...context, use }, request);
    } finally {
      this.#sources.delete(source);
    }
  }
}
