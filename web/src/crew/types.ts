/** What GET /api/v1/crews/ID answers: docs/api.md. */
import type { HazardClass, Name } from "../api/types";

export type OrderState =
  | "sent"
  | "accepted"
  | "rolling"
  | "arrived"
  | "working"
  | "done"
  | "refused"
  | "withdrawn";

export interface About {
  class: HazardClass | "none";
  eta?: string;
  travel_s?: number;
  distance_m?: number;
  do: string[];
  reason: Name;
  change: "new" | "moved" | "rerouted";
}

export interface Order {
  id: number;
  state: OrderState;
  vehicles: string[];
  with: number | null;
  place: { id: string; kind: "point" | "depot"; name: Name; lon: number; lat: number };
  items: Record<string, number>;
  reason: string;
  reroutes?: number;
  about: About | null;
}

export interface Step {
  road: string;
  turn: string;
  distance_m: number;
  wait_s: number;
  depth_m: number;
}

export interface Route {
  line: [number, number][];
  steps: Step[];
  walk_m: number;
}

export interface View {
  version: string;
  time: string;
  city: Name;
  simulated: boolean;
  crew: { id: string; size: number; out: boolean; lon: number | null; lat: number | null };
  order: { head: Order; route: Route | null } | null;
}

/** What a crew says. Its id is made once, so that the server takes it once. */
export interface Report {
  id: string;
  kind: string;
  order: number;
  /** When it was said [ms of Date.now()]; sent as an age, since phones' clocks differ. */
  at: number;
  reason?: string;
  place?: string;
  depth_m?: number;
  used?: Record<string, number>;
}
