/** One request to the server; the address is relative, so that a proxy may put the page anywhere. */
import { askToken, token } from "./token";

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

const credentials = (): Record<string, string> =>
  token() ? { Authorization: `Bearer ${token()}` } : {};

export async function get<T>(path: string, timeout_ms = 10_000): Promise<T> {
  return answerOf(
    await fetch(addressOf(path), {
      headers: credentials(),
      signal: AbortSignal.timeout(timeout_ms),
    }),
  );
}

const send = (path: string, body: unknown): Promise<Response> =>
  fetch(addressOf(path), {
    method: "POST",
    headers: { "Content-Type": "application/json", ...credentials() },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });

/** Who may not do it is asked once for a token that may. */
export async function post<T>(path: string, body: unknown): Promise<T> {
  const response = await send(path, body);
  if (response.status !== 401 && response.status !== 403) return answerOf(response);
  if (!(await askToken())) return answerOf(response);
  return answerOf(await send(path, body));
}
