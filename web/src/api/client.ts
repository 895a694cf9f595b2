/** One request to the server; the address is relative, so that a proxy may put the page anywhere. */

/** A refusal, in the server's own words. */
export class Refusal extends Error {
  constructor(
    readonly what: string,
    readonly remedy: string,
  ) {
    super(remedy ? `${what} — ${remedy}` : what);
  }
}

export const addressOf = (path: string): string => new URL(`api/v1/${path}`, document.baseURI).href;

async function answerOf<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  const body: unknown = await response.json().catch(() => null);
  const fault = (body ?? {}) as { error?: string; remedy?: string };
  throw new Refusal(fault.error ?? `HTTP ${response.status}`, fault.remedy ?? "");
}

export async function get<T>(path: string, timeout_ms = 10_000): Promise<T> {
  return answerOf(await fetch(addressOf(path), { signal: AbortSignal.timeout(timeout_ms) }));
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  return answerOf(
    await fetch(addressOf(path), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    }),
  );
}
