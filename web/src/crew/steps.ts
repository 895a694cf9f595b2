/** What a crew can say next, and what the phone shows before the server has heard it. */
import type { OrderState, Report } from "./types";

/** The one large button of each state; null: nothing is left to say. */
export const nextOf: Record<OrderState, OrderState | null> = {
  sent: "accepted",
  accepted: "rolling",
  rolling: "arrived",
  arrived: "working",
  working: "done",
  done: null,
  refused: null,
  withdrawn: null,
};

const states = Object.keys(nextOf);

/** The state that an order has once everything that waits in the phone is sent. */
export function stateAfter(state: OrderState, order: number, waiting: Report[]): OrderState {
  let now = state;
  for (const report of waiting) {
    if (report.order !== order) continue;
    if (report.kind === "breakdown") now = "refused";
    else if (states.includes(report.kind)) now = report.kind as OrderState;
  }
  return now;
}

/** A report as the server takes it: how long ago instead of when. */
export function outgoing(report: Report, now: number): Record<string, unknown> {
  const { at, ...rest } = report;
  return { ...rest, age_s: Math.max(0, Math.round((now - at) / 100) / 10) };
}

/** An id that no other report has. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Who and with what: `#D1-A:TOKEN`. */
export function accessOf(hash: string): { crew: string; token: string } | null {
  const found = /^#([^:]+):([0-9a-f]{48})$/.exec(decodeURIComponent(hash));
  return found ? { crew: found[1] as string, token: found[2] as string } : null;
}
