import { useEffect, useRef, useState } from "preact/hooks";
import { live } from "../api/live";
import type { Feed } from "../base/feed";
import { zoneOffset } from "../base/time";

/** The feed's value; the component is drawn again when it changes. */
export function useFeed<T>(feed: Feed<T>): T {
  const [, redraw] = useState(0);
  useEffect(() => {
    const stop = feed.listen(() => redraw((n) => n + 1));
    redraw((n) => n + 1); /* it may have changed between drawing and listening */
    return stop;
  }, [feed]);
  return feed.value;
}

/** The storm's time [Unix s]; NaN until the server has said it. */
export const useNow = (): number => useFeed(live.now);

/** The city's offset from UTC [s]. */
export const useOffset = (): number => zoneOffset(useFeed(live.city)?.timezone ?? "+00:00");

/** A dialog that is open, above all else, as long as there is a subject; a new one opens it again. */
export function useDialog<T>(subject: T | null) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (subject && !box.current?.open) box.current?.showModal();
    if (!subject && box.current?.open) box.current.close();
  }, [subject]);
  return box;
}
