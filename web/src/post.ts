/** A fault as the server words it, with where it stands in a text that was sent. */
export interface Told {
  readonly code?: string;
  readonly message: string;
  readonly hint: string | null;
  readonly at: { readonly line: number; readonly column: number } | null;
}

/** Thrown with every fault that the server found. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly faults: readonly Told[];

  constructor(faults: readonly Told[]) {
    super(faults[0]?.message ?? '');
    this.faults = faults;
  }
}

/** Sends something to the server of these same sources; its answers have the types of its schemas. */
export async function post<T>(
  path: string,
  language: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const response = await fetch(`/v1/${path}?lang=${language}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
  if (response.ok) {
    const answer: T = await response.json();
    return answer;
  }
  const problem: { errors?: readonly Told[]; message?: string } = await response.json().catch(() => ({}));
  throw new Refused(
    problem.errors ?? [{ message: problem.message ?? response.statusText, hint: null, at: null }],
  );
}
