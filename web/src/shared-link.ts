/** The token of the shared link that this page was opened by; null on the pages of the application. */
export function sharedToken(): string | null {
  return /^\/s\/([\w-]+)/.exec(location.pathname)?.[1] ?? null;
}
