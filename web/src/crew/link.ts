/** The phone's line to the server: news of the order, and what waits to be sent. */
import { addressOf } from "../api/client";
import { Feed } from "../base/feed";
import { kept, type Photo } from "./kept";
import { accessOf, freshId, outgoing } from "./steps";
import type { Report, View } from "./types";

const WAIT_S = 20;
const RETRY_MS = 3_000;
const POSITION_MS = 10_000;
const KEY = "thalweg.crew";

export interface Access {
  crew: string;
  token: string;
}

/** Who this phone is: from the link, else what an earlier visit has kept. */
function readAccess(): Access | null {
  const linked = accessOf(location.hash);
  if (linked) {
    try {
      localStorage.setItem(KEY, JSON.stringify(linked));
      /* The address must not show the token to whoever looks at the screen. */
      history.replaceState(null, "", location.pathname);
    } catch {
      /* A private window: the link is needed again next time. */
    }
    return linked;
  }
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return found as Access | null;
  } catch {
    return null;
  }
}

export const phone = {
  access: readAccess(),
  view: new Feed<View | null>(null),
  waiting: new Feed<Report[]>([]),
  photos: new Feed<Photo[]>([]),
  /** Whether the server was heard at the last try. */
  online: new Feed<boolean>(true),
  /** The link is worthless: another one was made, or it was revoked. */
  barred: new Feed<boolean>(false),
  /** What the server did not take, in its words. */
  refused: new Feed<string | null>(null),
};

const pathOf = (rest: string): string =>
  `crews/${encodeURIComponent(phone.access?.crew ?? "")}${rest}`;

async function ask(path: string, init: RequestInit, timeout_ms: number): Promise<Response> {
  const answer = await fetch(addressOf(path), {
    ...init,
    headers: { ...init.headers, Authorization: `Bearer ${phone.access?.token}` },
    signal: AbortSignal.timeout(timeout_ms),
    cache: "no-store",
  });
  phone.online.set(true);
  phone.barred.set(answer.status === 401 || answer.status === 403);
  return answer;
}

/* ---- what waits ---- */

interface Result {
  id: string;
  result: "taken" | "again" | "late" | "refused";
  why: string | null;
}

async function sendReports(): Promise<void> {
  const reports = await kept.reports();
  if (reports.length === 0) return;
  const now = Date.now();
  const body = JSON.stringify({ reports: reports.slice(0, 100).map((r) => outgoing(r, now)) });
  const headers = { "Content-Type": "application/json" };
  const answer = await ask(pathOf("/reports"), { method: "POST", body, headers }, 15_000);
  if (!answer.ok) return;
  const { results } = (await answer.json()) as { results: Result[] };
  for (const one of results) {
    if (one.result === "late" || one.result === "refused") phone.refused.set(one.why);
    await kept.dropReport(one.id);
  }
}

async function sendPhotos(): Promise<void> {
  for (const photo of await kept.photos()) {
    const path = pathOf(`/photos/${photo.order}`);
    const answer = await ask(path, { method: "POST", body: photo.picture }, 60_000);
    const taken = answer.ok || (answer.status >= 400 && answer.status < 500 && !phone.barred.value);
    if (!answer.ok && taken) phone.refused.set(`HTTP ${answer.status}`);
    if (taken) await kept.dropPhoto(photo.id);
  }
}

async function showWaiting(): Promise<void> {
  phone.waiting.set(await kept.reports());
  phone.photos.set(await kept.photos());
}

let sending: Promise<void> | null = null;

/** Send what waits; one round at a time, in the order in which it was said. */
export function flush(): Promise<void> {
  sending ??= (async () => {
    try {
      await sendReports();
      await sendPhotos();
    } catch {
      phone.online.set(false);
    }
    await showWaiting();
    sending = null;
  })();
  return sending;
}

/** Keep a report, then try to send it. */
export async function say(report: Omit<Report, "id" | "at">): Promise<void> {
  await kept.addReport({ ...report, id: freshId(), at: Date.now() });
  await showWaiting();
  void flush();
}

export async function sayPhoto(order: number, picture: Blob): Promise<void> {
  await kept.addPhoto({ id: freshId(), order, at: Date.now(), picture });
  await showWaiting();
  void flush();
}

/* ---- news ---- */

let receivedOrder = 0;

function take(view: View): void {
  const before = phone.view.value?.order?.head.id;
  phone.view.set(view);
  void kept.keepView(phone.access?.crew ?? "", view);
  const order = view.order?.head;
  if (order && order.id !== before) navigator.vibrate?.([300, 100, 300, 100, 300]);
  if (order && order.id !== receivedOrder) {
    receivedOrder = order.id;
    void say({ kind: "received", order: order.id });
  }
}

/** Ask for news and wait for them; whatever goes wrong is tried again. */
async function listen(): Promise<void> {
  for (;;) {
    try {
      const version = phone.view.value?.version;
      const wait = version && phone.online.value;
      const query = wait ? `?version=${encodeURIComponent(version)}&wait=${WAIT_S}` : "";
      const answer = await ask(pathOf(query), {}, (WAIT_S + 10) * 1000);
      if (answer.ok) take((await answer.json()) as View);
      await flush();
      if (answer.ok) continue;
    } catch {
      phone.online.set(false);
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/* ---- where it is ---- */

export const here = new Feed<[number, number] | null>(null);
let told = 0;

function watchPosition(): void {
  navigator.geolocation?.watchPosition(
    ({ coords }) => {
      here.set([coords.longitude, coords.latitude]);
      if (Date.now() - told < POSITION_MS) return;
      told = Date.now();
      const body = JSON.stringify({ lon: coords.longitude, lat: coords.latitude });
      const headers = { "Content-Type": "application/json" };
      ask(pathOf("/position"), { method: "POST", body, headers }, 10_000).catch(() => {});
    },
    () => {},
    { enableHighAccuracy: true, maximumAge: 5_000 },
  );
}

/** Keeps the page itself on the phone. */
async function keepPage(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(new URL("crew-worker.js", document.baseURI));
  const ready = await navigator.serviceWorker.ready;
  const parts = performance.getEntriesByType("resource").map((entry) => entry.name);
  const own = parts.filter((name) => name.includes("/assets/") || name.endsWith("icon.svg"));
  ready.active?.postMessage({ keep: [location.pathname, ...own] });
}

export async function start(): Promise<void> {
  if (!phone.access) return;
  await showWaiting();
  const last = await kept.view(phone.access.crew);
  if (last && !phone.view.value) phone.view.set(last);
  receivedOrder = last?.order?.head.id ?? 0;
  addEventListener("online", () => void flush());
  watchPosition();
  keepPage().catch((error) => console.warn("the page is not kept", error));
  void listen();
}
