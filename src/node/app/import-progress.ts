/**
 * How far an import is. While it is `receiving`, bytes of those that come; while `recognising`, rows seen so far;
 * while `reading`, rows of those that the file has; `counting` is one step. `total` is null where it is not known.
 */
export interface ImportProgress {
  readonly phase: 'receiving' | 'recognising' | 'reading' | 'counting';
  readonly done: number;
  readonly total: number | null;
}

export type TellProgress = (progress: ImportProgress) => void;

/** The bytes of a file as they come, told as they do. */
export async function* receiving(
  content: AsyncIterable<Uint8Array>,
  total: number | null,
  tell: TellProgress,
): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const chunk of content) {
    done += chunk.byteLength;
    tell({ phase: 'receiving', done, total });
    yield chunk;
  }
}
