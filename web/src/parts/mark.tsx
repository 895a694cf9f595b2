import type { HazardClass } from "../api/types";
import { hazards } from "../base/hazard";

/** The sign of a class: shape and numeral. The word stands beside it, so readers skip the picture. */
export function Mark(props: { hazard: HazardClass | null; size: number }) {
  const { hazard, size } = props;
  if (!hazard) {
    return (
      <svg class="mark mark-none" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
        <circle cx="12" cy="12" r="5.5" />
      </svg>
    );
  }
  const { path, numeral, textY } = hazards[hazard];
  return (
    <svg
      class={`mark mark-${hazard}`}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      aria-hidden="true"
    >
      <path d={path} />
      <text x="12" y={textY} text-anchor="middle">
        {numeral}
      </text>
    </svg>
  );
}
