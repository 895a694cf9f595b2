import { useState } from "preact/hooks";
import { post } from "../api/client";
import { live } from "../api/live";
import type { Clock } from "../api/types";
import { hourMinuteSecond, isoDate, parseTime, zoneName } from "../base/time";
import { useFeed, useNow, useOffset } from "../parts/hooks";
import { tell } from "../parts/notice";
import { language, useWords } from "../words/language";
import { words } from "./words";

/** Below this share of the speed that was asked for, the page says how fast the replay really is. */
const SLOW = 0.7;

const SPEEDS = [1, 10, 60, 120, 300];

const weekday = (lang: string, time: number, offset: number): string =>
  new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", {
    weekday: "short",
    timeZone: "UTC",
  }).format((time + offset) * 1000);

/** The share of the storm that has passed, in whole percent; null for a live city. */
function progressOf(clock: Clock, now: number): number | null {
  const start = parseTime(clock.start);
  const end = parseTime(clock.end);
  if (clock.state === "live" || !(end > start)) return null;
  return Math.max(0, Math.min(100, Math.round(((now - start) / (end - start)) * 100)));
}

/** The storm's time, date and zone, what the clock does, and how far the storm is. */
export function StormClock() {
  const w = useWords(words);
  const lang = useFeed(language);
  const clock = useFeed(live.clock);
  const pace = useFeed(live.pace);
  const now = useNow();
  const offset = useOffset();
  if (!clock || !Number.isFinite(now)) return <div class="clock" />;
  const progress = progressOf(clock, now);
  return (
    <section class="clock" aria-label={w.clock}>
      <time class="clock-time" dateTime={new Date(now * 1000).toISOString()}>
        {hourMinuteSecond(now, offset)}
      </time>
      <div class="clock-rest">
        <span>
          {isoDate(now, offset)} {weekday(lang, now, offset)}{" "}
          <span class="dim">{zoneName(offset)}</span>
        </span>
        <span class={`clock-state clock-${clock.state}`}>
          {w.state(clock.state)}
          {clock.state === "running" && pace < SLOW * clock.speed && (
            <span class="dim" title={w.slowerHint}>
              {" "}
              {w.slower(Math.round(pace))}
            </span>
          )}
        </span>
        {progress !== null && (
          <progress max={100} value={progress} aria-label={w.progress(progress)} />
        )}
      </div>
    </section>
  );
}

/** Pause and speed of a replay; a live city has neither. */
export function ClockControls() {
  const w = useWords(words);
  const clock = useFeed(live.clock);
  const [busy, setBusy] = useState(false);
  if (!clock || clock.state === "live") return null;

  const ask = async (change: { paused?: boolean; speed?: number }): Promise<void> => {
    setBusy(true);
    try {
      await post("clock", change);
    } catch (error) {
      tell(error);
    }
    setBusy(false);
  };

  const paused = clock.state !== "running";
  const ended = clock.state === "ended";
  return (
    <div class="controls">
      <button
        type="button"
        class="button pause"
        disabled={busy || ended}
        onClick={() => void ask({ paused: !paused })}
      >
        <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
          <path d={paused ? "M2 0 12 6 2 12Z" : "M1 0h3.6v12H1ZM7.4 0H11v12H7.4Z"} />
        </svg>
        {paused ? w.resume : w.pause}
      </button>
      <fieldset class="speeds" disabled={busy || ended}>
        <legend class="hidden">{w.speed}</legend>
        {SPEEDS.map((speed) => (
          <label key={speed} class="speed" title={w.speedOf(speed)}>
            <input
              type="radio"
              name="speed"
              value={speed}
              checked={clock.speed === speed}
              onChange={() => void ask({ speed })}
            />
            <span>{speed}×</span>
          </label>
        ))}
      </fieldset>
    </div>
  );
}
