/* Keeps the crew's page on the phone, so that it opens without a network. What the page asks of the
 * server's interface is not kept here, but the roads for its map: the page keeps orders and reports
 * itself. */
const KEPT = "thalweg-crew-1";
const isPage = (path) => path.endsWith("/crew.html");
const isKept = (path) => path.includes("/assets/") || /\.(svg|webmanifest)$/.test(path);
const isRoads = (path) => path.endsWith("/api/v1/roads");

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/* The page names what it was made of, since the first visit came before this worker. */
self.addEventListener("message", (event) => {
  const addresses = (event.data && event.data.keep) || [];
  event.waitUntil(caches.open(KEPT).then((kept) => Promise.allSettled(addresses.map((a) => kept.add(a)))));
});

async function freshOrKept(request, key) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok) await kept.put(key, answer.clone());
    return answer;
  } catch (error) {
    const old = await kept.match(key);
    if (old) return old;
    throw error;
  }
}

async function keptOrFresh(request) {
  const kept = await caches.open(KEPT);
  const old = await kept.match(request);
  if (old) return old;
  const answer = await fetch(request);
  if (answer.ok) await kept.put(request, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (isPage(pathname)) event.respondWith(freshOrKept(event.request, pathname));
  else if (isRoads(pathname)) event.respondWith(freshOrKept(event.request, pathname));
  else if (isKept(pathname)) event.respondWith(keptOrFresh(event.request));
});
