/**
 * The slow beat to which unacknowledged warnings blink: an attribute of the document that comes and
 * goes, and the style sheets do the rest. An endless CSS animation would have the whole page drawn
 * sixty times a second, which takes half a core where there is no graphics processor.
 */
const BEAT_MS = 800;

export function startBeat(): void {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  setInterval(() => {
    document.documentElement.toggleAttribute("data-beat", still.matches ? false : undefined);
  }, BEAT_MS);
}
