import type { HazardClass } from "../api/types";

const WIDTH = 64;
const HEIGHT = 14;

/**
 * A depth as a bar with a tick for each class: solid now, hollow up to the forecast's greatest.
 * The numbers stand beside it, so readers skip the picture.
 */
export function DepthBar(props: {
  now_m: number;
  ahead_m: number;
  thresholds: { class: HazardClass; depth_m: number }[];
}) {
  const worst = props.thresholds[props.thresholds.length - 1]?.depth_m ?? 1;
  const x = (depth: number): number => Math.max(0, Math.min(1, depth / (worst * 1.25))) * WIDTH;
  const reached = props.thresholds.filter((t) => Math.max(props.now_m, props.ahead_m) >= t.depth_m);
  const hazard = reached[reached.length - 1]?.class;
  return (
    <svg
      class={hazard ? `bar bar-${hazard}` : "bar"}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
    >
      <rect class="bar-ground" x="0" y="3" width={WIDTH} height="8" />
      <rect class="bar-ahead" x="0" y="3.5" width={x(props.ahead_m)} height="7" />
      <rect class="bar-now" x="0" y="3" width={x(props.now_m)} height="8" />
      {props.thresholds.map((t) => (
        <path key={t.class} class="bar-tick" d={`M${x(t.depth_m).toFixed(1)} 1v12`} />
      ))}
    </svg>
  );
}
