import { live } from "../api/live";
import { ageParts, isStale, seenPeriod } from "../base/age";
import { paceOf } from "../base/clock";
import { words } from "../words/common";
import { useWords } from "../words/language";
import { useFeed, useNow } from "./hooks";

/** Whether a value of that time and period is too old to be believed on the storm's clock. */
export function useStale(time: number, period_s: number): boolean {
  const now = useNow();
  const clock = useFeed(live.clock);
  if (!Number.isFinite(time) || !Number.isFinite(now)) return false;
  return isStale(now - time, seenPeriod(period_s, clock ? paceOf(clock) : 0));
}

/** "2 min ago", and the word "stale" when three periods have passed. */
export function Age(props: { time: number; period_s: number }) {
  const w = useWords(words);
  const now = useNow();
  const stale = useStale(props.time, props.period_s);
  if (!Number.isFinite(props.time) || !Number.isFinite(now)) return null;
  const { value, unit } = ageParts(now - props.time);
  return (
    <span class={stale ? "age stale" : "age"}>
      {w.ago(value, unit)}
      {stale && <strong class="stale-word"> {w.stale}</strong>}
    </span>
  );
}
