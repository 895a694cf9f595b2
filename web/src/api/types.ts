/** What docs/api.md says, as types. Every value carries its unit in its name. */

export type HazardClass = "blue" | "yellow" | "orange" | "red";
export type Name = { zh: string; en: string };
/** [Unix seconds, value] */
export type Pair = [number, number];

export interface Clock {
  state: "running" | "paused" | "ended" | "live";
  time: string;
  /** Of the storm; null in a live city. */
  start: string | null;
  end: string | null;
  speed: number;
  storm: string | null;
  behind_s: number;
}

export interface Point {
  id: string;
  name: Name;
  lon: number;
  lat: number;
  node: string;
  classes_m?: number[];
}

export interface Sensor {
  id: string;
  kind: string;
  element: string;
  unit: string;
  lon: number;
  lat: number;
  made_up?: boolean;
}

export interface Depot {
  id: string;
  name: Name;
  lon: number;
  lat: number;
  crew: number;
  vehicles: number;
}

export interface Camera {
  id: string;
  name: Name;
  lon: number;
  lat: number;
  point: string | null;
}

export interface Plant {
  id: string;
  name: Name;
  lon: number;
  lat: number;
}

export interface City {
  id: string;
  title: Name;
  made_up: boolean;
  timezone: string;
  /** west, south, east, north */
  bounds: [number, number, number, number];
  classes: { class: HazardClass; depth_m: number }[];
  points: Point[];
  sensors: Sensor[];
  depots: Depot[];
  cameras: Camera[];
  plants: Plant[];
  storm: { id: string; title: Name; made_up: boolean } | null;
  measurements: "none" | "simulated" | "made" | "recorded";
  forecast: { horizon_min: number; cycle_min: number; rain: "honest" | "perfect" };
}

export interface Warning {
  id: number | string;
  point: string;
  name: Name;
  class: HazardClass;
  depth_m: number;
  expected: string | null;
  lead_min: number | null;
  state: "active" | "acknowledged" | "ended" | "cancelled";
  /** The storm it belongs to: the id of that storm's first warning. */
  group?: number;
  /** What the system itself says, whatever an officer has ordered; null: nothing. */
  own_class?: HazardClass | null;
  highest_class?: HazardClass | null;
  /** Of its class, 0..1. */
  probability?: number;
  depth_low_m?: number;
  depth_high_m?: number;
  cause?: { kind: string; element: string; since: string; zh: string; en: string } | null;
  order?: {
    action: "hold" | "raise" | "cancel";
    class: HazardClass | null;
    by: string;
    reason: string;
    at: string;
  } | null;
  issued: string;
  updated: string;
  reached: string | null;
  acknowledged_by?: string | null;
  simulated: boolean;
}

export interface PointValue {
  id: string;
  modelled_m: number | null;
  forecast_max_m: number | null;
  forecast_max_at: string | null;
  class: HazardClass | null;
  modelled_at: string | null;
  /** Probability of each class within the forecast, 0..1; null: a single run tells none. */
  chance?: Record<HazardClass, number> | null;
}

export interface PointSeries {
  id: string;
  unit: string;
  modelled: Pair[];
  forecast: Pair[];
  measured: Pair[];
  /** The tenth and the ninetieth of a hundred members; empty for a single run. */
  forecast_low?: Pair[];
  forecast_high?: Pair[];
  sensors: string[];
  issued: string | null;
}

export interface SensorValue {
  id: string;
  kind: string;
  element: string;
  unit: string;
  value: number | null;
  time: string | null;
  age_s: number | null;
  quality: string | null;
  /** The checks that found something; not there while there is no value. */
  reasons?: string[];
  source: string | null;
  simulated: boolean;
}

export interface Rain {
  unit: string;
  gages: { id: string; interval_s: number; measured: Pair[]; forecast: Pair[] }[];
}

export interface Forecast {
  issued: string | null;
  took_ms: number | null;
  horizon_min: number;
  rain: "honest" | "perfect";
  /** How far it goes; less than horizon_min when time did not allow for more. */
  reaches_min?: number | null;
  members?: number;
  members_asked?: number;
  shed?: boolean;
  left_out?: { kind: "rain" | "sensor" | "outlook"; id: string | null; code: string; zh: string; en: string }[];
}

/** A message about a storm. */
export interface Bulletin {
  id: number;
  group: number;
  sent: string;
  kind: "alert" | "update" | "cancel";
  cap: string;
  brief: { zh: string; en: string; open: number };
}

/** A message on its way to one address. */
export interface Notice {
  id: number;
  bulletin: number;
  channel: "webhook" | "mail";
  address: string;
  state: "waits" | "delivered" | "given_up";
  attempts: number;
  answer: string | null;
}

export interface Health {
  model: "running" | "stopped" | "failed";
  last_forecast: string | null;
  behind_s: number | null;
  store: string;
  /** Why the model stopped, why the last forecast failed. */
  model_text?: string | null;
  forecast_text?: string | null;
  samples: number;
  /** Samples of rain that the model did not take for their quality. */
  bad_rain?: number;
  /** Sensors by the quality of their last value. */
  sensors?: { good: number; suspect: number; bad: number; never: number };
}

export interface Device {
  protocol: string;
  name: string;
  source: string;
  state: "never" | "silent" | "refused" | "speaks";
  age_s: number | null;
  lag_s: number | null;
  samples: number;
  gaps: number;
  refused: number;
  refused_why: string | null;
}

export interface State {
  clock: Clock;
  points: PointValue[];
  warnings: Warning[];
  sensors: SensorValue[];
  rain: Rain;
  forecast: Forecast;
  health: Health;
}
