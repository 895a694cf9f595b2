/** What GET /api/v1/dispatch answers, and the event of that name: docs/api.md. */
import type { HazardClass, Name } from "./types";

export interface DispatchOrder {
  id: number;
  plan: number;
  state: string;
  crew: string;
  vehicles: string[];
  with: number | null;
  place: { id: string; kind: "point" | "depot"; name: Name; lon: number; lat: number };
  items: Record<string, number>;
  used: Record<string, number>;
  replaces: number | null;
  who: string;
  approved_by: string;
  reason: string;
  times: Record<string, string | null>;
  reroutes?: number;
  about: {
    class: HazardClass | "none";
    eta?: string;
    travel_s?: number;
    people?: number;
    change: "new" | "moved" | "rerouted";
    from?: string | null;
    do: string[];
    reason: Name;
  } | null;
}

export interface DispatchCrew {
  id: string;
  depot: string;
  size: number;
  skills: string[];
  order: number | null;
  out: boolean;
  out_reason: string | null;
  phone: boolean;
  lon: number | null;
  lat: number | null;
  seen: string | null;
}

export interface DispatchPoint {
  id: string;
  name: Name;
  class: HazardClass | "none";
  depth_m: number;
  people: number;
  people_needed: number;
  people_missing: number;
  pump_m3h: number;
  pump_needed_m3h: number;
  reachable: boolean;
  missing: Name;
}

export interface DispatchPlan {
  id: number;
  time: string;
  machine_ms: number;
  cause: string;
  about: {
    title: Name;
    text: Name;
    points: DispatchPoint[];
    recalls: { order: number; crew: string; reason: Name }[];
    helps: Name[];
  } | null;
}

export interface PointClock {
  point: string;
  warned: string | null;
  people_sent_first: number;
  people_arrived: number;
  covered: string | null;
  warned_to_covered_s: number | null;
}

export interface Dispatch {
  mode: "live" | "replay" | "drill";
  plan: DispatchPlan | null;
  orders: DispatchOrder[];
  crews: DispatchCrew[];
  vehicles: { id: string; kind: string; depot: string; order: number | null; out: boolean }[];
  depots: {
    id: string;
    full: Record<string, number>;
    stock: Record<string, number>;
    low: boolean;
  }[];
  rules: { kind: string; crew: string | null; place: string; who: string; reason: string }[];
  depths: { point: string; depth_m: number; time: string; crew: string }[];
  photos: { order: number; crew: string; time: string; name: string }[];
  clock: PointClock[];
}

export interface DispatchRoute {
  line: [number, number][];
}
