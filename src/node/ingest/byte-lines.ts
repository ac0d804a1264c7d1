export interface ByteLine {
  /** From 1. */
  readonly line: number;
  /** Without its end; null where it is longer than may be. */
  readonly bytes: Uint8Array | null;
}

const NEWLINE = 0x0a;

/** The lines of a stream of bytes, with memory bounded by the longest that may be. */
export async function* byteLines(
  content: AsyncIterable<Uint8Array>,
  longest: number,
): AsyncGenerator<ByteLine> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  let line = 0;
  const take = (): ByteLine => {
    const bytes = length > longest ? null : Buffer.concat(pieces);
    pieces = [];
    length = 0;
    line += 1;
    return { line, bytes };
  };
  const keep = (piece: Uint8Array): void => {
    length += piece.byteLength;
    if (length > longest) pieces = [];
    else if (piece.byteLength > 0) pieces.push(piece);
  };
  for await (const chunk of content) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      keep(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    keep(chunk.subarray(start));
  }
  if (length > 0) yield take();
}
