/** True of the errors of Node's own calls, which carry a code such as ENOENT. */
export function isNodeError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error;
}
