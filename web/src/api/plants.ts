/** What the routes of plants and inspections answer: docs/api.md. */
import type { Name, Pair } from "./types";

export interface PlantHead {
  id: string;
  name: Name;
  made_up: boolean;
  node: string | null;
  watched: boolean;
  capacity_m3d: number | null;
  standard: string | null;
  class: string | null;
  tags: number;
  alarms: number;
  silent: number;
  simulated: number;
}

export interface Thing {
  kind: "unit" | "pump" | "blower" | "machine" | "chemical" | "camera";
  id: string;
  name: Name;
  at: string;
  rated_kw: number | null;
  rated_m3h: number | null;
}

export interface TagValue {
  id: string;
  name: Name;
  kind: string;
  unit: string;
  at: string;
  series: string;
  value: number | null;
  time: string | null;
  good: boolean;
  simulated: boolean;
  alarm_low: number | null;
  alarm_high: number | null;
  alarmed: boolean;
}

export interface Limit {
  kind: string;
  name: Name;
  mean_gm3: number;
  cold_gm3: number | null;
  standard: string;
  class: string;
}

export interface Curves {
  unit: string;
  low?: Pair[];
  middle: Pair[];
  high?: Pair[];
}

export interface EffluentAhead extends Curves {
  kind: string;
  mean_low: number | null;
  mean_middle: number | null;
  mean_high: number | null;
}

export interface PlantModel {
  title: string | null;
  state: "running" | "waiting" | "failed";
  text: string | null;
  issued: string | null;
  dry_m3h: number;
  network_horizon_min: number | null;
  quantiles: boolean;
  advising: boolean;
  advice_failed: string | null;
  inflow?: Curves;
  effluent?: EffluentAhead[];
  columns?: Record<string, number | null>;
  energy_kwh?: number | null;
  energy_kwhm3?: number | null;
}

export interface PlantDetail extends PlantHead {
  time: string;
  things: Thing[];
  values: TagValue[];
  limits: Limit[];
  inflow: Curves & { issued: string | null; past: Pair[] };
  model: PlantModel | null;
}

export type Severity = "unknown" | "fine" | "look" | "repair" | "urgent";

export interface Finding {
  id: string;
  item: string;
  group: string;
  subject: string;
  severity: Severity;
  item_title: Name;
  title: Name;
  finding: Name;
  advice?: Name;
  evidence: {
    rule: string;
    value: number | null;
    limit: number | null;
    unit: string;
    series?: string;
    curve?: (number | null)[];
  };
  simulated: boolean;
}

export interface Report {
  plant: string;
  title: Name;
  from: string;
  at: string;
  cause: string;
  simulated: boolean;
  risk: number;
  worst_break_probability: number | null;
  energy_kwhm3: number | null;
  counts: Record<Severity, number>;
  items: Finding[];
}

export interface Tick {
  who: string;
  time_ms: number;
  tick: { item: string; note: string };
}

export interface Inspection {
  report: Report;
  id: number;
  ticks: Tick[];
}

export interface InspectionLine {
  id: number;
  at_ms: number;
  who: string;
}

export interface Rank {
  id: string;
  by_risk: number;
  risk: number | null;
  energy_kwhm3: number | null;
  urgent: number;
  repair: number;
  look: number;
}

export type Outcome = Record<
  "OCI" | "EQI_kgd" | "energy_kwhd" | "ammonia_gm3" | "TN_gm3" | "TSS_gm3",
  number | null
>;

export interface KeptAdvice {
  id: number;
  time_ms: number;
  advice: {
    hours: number;
    block_h: number;
    better: boolean;
    setpoints: { name: string; now: number; least: number; most: number; values: number[] }[];
    as_is: Outcome;
    advised: Outcome;
    reason: Name;
    rests_on: Name;
  };
  answer: { answer: string; who: string; reason: string } | null;
  /** What then happened, once its hours are over; null: not yet, or nothing was measured. */
  score: (Partial<Outcome> & { time_ms: number; simulated: boolean }) | null;
}
