/**
 * The connection: the whole state once, then server-sent events, one feed for each.
 *
 * A panel that wants an event nobody listened to before only asks for `live.feed("its-name")`.
 */
import { coast, measuredPace, paceOf } from "../base/clock";
import { Feed } from "../base/feed";
import { addressOf, get } from "./client";
import type {
  City,
  Clock,
  Forecast,
  Health,
  PointValue,
  Rain,
  SensorValue,
  State,
  Warning,
} from "./types";

/** After this silence the page asks by itself; an answer still beats the 15 s of the banner [ms]. */
const SILENCE_MS = 9_500;
const PROBE_MS = 2_500;
const RETRY_MS = 2_000;
const TICK_MS = 500;

export interface Link {
  up: boolean;
  /** When it went down or came up [ms of performance.now()]. */
  since: number;
}

const feeds = new Map<string, Feed<unknown>>();
let events: EventSource | null = null;
let heardAt = Number.NEGATIVE_INFINITY;
let probing = false;

function hear(): void {
  heardAt = performance.now();
  if (!live.link.value.up) live.link.set({ up: true, since: heardAt });
}

function lose(): void {
  if (live.link.value.up) live.link.set({ up: false, since: performance.now() });
}

function listenFor(name: string): void {
  events?.addEventListener(name, (event) => {
    hear();
    try {
      feeds.get(name)?.set(JSON.parse((event as MessageEvent<string>).data));
    } catch (error) {
      console.error(`event ${name} is no JSON`, error);
    }
  });
}

function feed<T>(name: string): Feed<T | null> {
  let found = feeds.get(name);
  if (!found) {
    found = new Feed<unknown>(null);
    feeds.set(name, found);
    listenFor(name);
  }
  return found as Feed<T | null>;
}

/** City and state at once; what the state holds goes to the feeds of the same names. */
async function load(): Promise<void> {
  const [city, state] = await Promise.all([get<City>("city"), get<State>("state")]);
  live.city.set(city);
  for (const [name, value] of Object.entries(state)) feed(name).set(value);
  hear();
}

function connect(): void {
  events?.close();
  events = new EventSource(addressOf("events"));
  for (const name of feeds.keys()) listenFor(name);
  /* Whatever came between the load and the opening, or while the line was down. */
  events.onopen = () => void load().catch(lose);
  events.onerror = () => {
    heardAt = Number.NEGATIVE_INFINITY; /* the next tick asks whether the server is there */
    /* A browser tries again by itself, except when the answer was no event stream. */
    if (events?.readyState === EventSource.CLOSED) setTimeout(start, RETRY_MS);
  };
}

async function probe(): Promise<void> {
  probing = true;
  try {
    live.clock.set(await get<Clock>("clock", PROBE_MS));
    hear();
  } catch {
    lose();
  }
  probing = false;
}

function tick(): void {
  const clock = live.clock.value;
  if (clock && live.link.value.up) {
    const elapsed_s = (performance.now() - live.clock.setAt) / 1000;
    live.now.set(coast(clock, live.pace.value, elapsed_s, live.now.value));
  }
  if (live.city.value && !probing && performance.now() - heardAt > SILENCE_MS) void probe();
}

/** What the last clock event said, and when. */
let before: { clock: Clock; at: number } | null = null;

function keepTime(clock: Clock | null): void {
  if (!clock) return;
  const at = performance.now();
  const known = live.pace.value;
  live.pace.set(
    before ? measuredPace(before.clock, clock, (at - before.at) / 1000, known) : paceOf(clock),
  );
  before = { clock, at };
  tick(); /* the first time must not wait for the next tick */
}

async function start(): Promise<void> {
  try {
    await load();
    connect();
  } catch (error) {
    console.warn("the server does not answer", error);
    lose();
    setTimeout(start, RETRY_MS);
  }
}

export const live = {
  feed,
  city: new Feed<City | null>(null),
  clock: feed<Clock>("clock"),
  points: feed<PointValue[]>("points"),
  warnings: feed<Warning[]>("warnings"),
  sensors: feed<SensorValue[]>("sensors"),
  rain: feed<Rain>("rain"),
  forecast: feed<Forecast>("forecast"),
  health: feed<Health>("health"),
  /** Whether the server is heard. */
  link: new Feed<Link>({ up: true, since: 0 }),
  /** How fast the clock really goes [storm seconds per real second]. */
  pace: new Feed<number>(0),
  /** The storm's time [Unix s], going on between events. */
  now: new Feed<number>(Number.NaN),
  start(): void {
    setInterval(tick, TICK_MS);
    live.clock.listen(keepTime);
    void start();
  },
};
