/**
 * The four classes of a warning, as Chinese public warnings have them: Ⅳ blue, Ⅲ yellow, Ⅱ orange,
 * Ⅰ red. A class is never told by colour alone: it has a shape, a numeral and a word.
 */
import type { City, HazardClass, Point, PointValue, Warning } from "../api/types";
import { parseTime } from "./time";

export interface Hazard {
  /** 4 is the worst. */
  severity: number;
  numeral: string;
  shape: "circle" | "triangle" | "diamond" | "square";
  /** The shape in a box of 24 by 24, as an SVG path. */
  path: string;
  /** Baseline of the numeral in that box. */
  textY: number;
}

export const hazards: Record<HazardClass, Hazard> = {
  blue: {
    severity: 1,
    numeral: "IV",
    shape: "circle",
    path: "M12 1.5a10.5 10.5 0 1 0 .001 0Z",
    textY: 15.8,
  },
  yellow: {
    severity: 2,
    numeral: "III",
    shape: "triangle",
    path: "M12 1 23.5 22H.5Z",
    textY: 19.6,
  },
  orange: {
    severity: 3,
    numeral: "II",
    shape: "diamond",
    path: "M12 .4 23.6 12 12 23.6.4 12Z",
    textY: 15.8,
  },
  red: {
    severity: 4,
    numeral: "I",
    shape: "square",
    path: "M2 2h20v20H2Z",
    textY: 16.2,
  },
};

export const classesUpward: HazardClass[] = ["blue", "yellow", "orange", "red"];

export const severityOf = (hazard: HazardClass | null): number =>
  hazard ? hazards[hazard].severity : 0;

/** When the class is reached; what has no time comes after what has one. */
const expectedOf = (warning: Warning): number => {
  const time = parseTime(warning.expected);
  return Number.isFinite(time) ? time : Number.MAX_SAFE_INTEGER;
};

/** Worst class first, then the one that comes first, then by point so that the order is steady. */
export function byUrgency(a: Warning, b: Warning): number {
  return (
    severityOf(b.class) - severityOf(a.class) ||
    expectedOf(a) - expectedOf(b) ||
    a.point.localeCompare(b.point)
  );
}

/** What still holds, worst first. */
export const openWarnings = (all: Warning[]): Warning[] =>
  all.filter((w) => w.state !== "ended").sort(byUrgency);

/** Below this a forecast depth is none, and so has no time [m]: it would be shown as 0.00 m. */
export const NO_DEPTH_M = 0.005;

/** When a point's forecast is greatest [Unix s]; NaN when no water is forecast. */
export const peakTimeOf = (value: PointValue | null | undefined): number =>
  (value?.forecast_max_m ?? 0) >= NO_DEPTH_M ? parseTime(value?.forecast_max_at) : Number.NaN;

/** Depth from which each class holds at a point [m], lowest first. */
export function thresholdsOf(city: City, point: Point): { class: HazardClass; depth_m: number }[] {
  const own = point.classes_m;
  if (own && own.length === classesUpward.length) {
    return classesUpward.map((hazard, i) => ({ class: hazard, depth_m: own[i] as number }));
  }
  return [...city.classes].sort((a, b) => a.depth_m - b.depth_m);
}
