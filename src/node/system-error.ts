/** True of the errors of Node's own calls, which carry a code such as ENOENT. */
export function isNodeError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error;
}

/** True where a disk, a quota or a limit of file sizes is used up, in Node's words, SQLite's or DuckDB's. */
export function isDiskFull(error: unknown): boolean {
  if (isNodeError(error) && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(error.code ?? '')) return true;
  return (
    error instanceof Error &&
    /no space left on device|disk quota exceeded|not enough space on the disk|database or disk is full/i.test(
      error.message,
    )
  );
}
