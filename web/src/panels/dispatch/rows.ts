/** Orders and points in the order in which a dispatcher needs them. */
import type { Dispatch, DispatchOrder, DispatchPoint } from "../../api/dispatch";
import { severityOf } from "../../base/hazard";

const OPEN = ["approved", "sent", "accepted", "rolling", "arrived", "working"];

export const isOpen = (order: DispatchOrder): boolean => OPEN.includes(order.state);

const severity = (hazard: string | undefined): number =>
  severityOf(hazard === undefined || hazard === "none" ? null : (hazard as "blue"));

/** Drafts, the most urgent first; crews of one point stay together. */
export function draftsOf(all: Dispatch): DispatchOrder[] {
  return all.orders
    .filter((order) => order.state === "draft")
    .sort(
      (a, b) =>
        severity(b.about?.class) - severity(a.about?.class) ||
        a.place.id.localeCompare(b.place.id) ||
        a.id - b.id,
    );
}

/** What a crew does now that a draft would send elsewhere; null: it is free. */
export function presentOf(all: Dispatch, draft: DispatchOrder): DispatchOrder | null {
  return all.orders.find((order) => order.id === draft.replaces && isOpen(order)) ?? null;
}

/** Open orders: those that wait for somebody first, then by how far they are. */
export function openOrders(all: Dispatch): DispatchOrder[] {
  return all.orders
    .filter(isOpen)
    .sort(
      (a, b) =>
        OPEN.indexOf(a.state) - OPEN.indexOf(b.state) || a.place.id.localeCompare(b.place.id),
    );
}

/** Points by what they lack, then by class. */
export function pointsByShortage(all: Dispatch): DispatchPoint[] {
  return [...(all.plan?.about?.points ?? [])].sort(
    (a, b) =>
      b.people_missing - a.people_missing ||
      severity(b.class) - severity(a.class) ||
      b.people_needed - a.people_needed ||
      a.id.localeCompare(b.id),
  );
}

/** People of a point: on the way and there. */
export function peopleAt(all: Dispatch, point: string): { coming: number; there: number } {
  const sum = { coming: 0, there: 0 };
  for (const order of all.orders.filter((one) => isOpen(one) && one.place.id === point)) {
    const size = all.crews.find((crew) => crew.id === order.crew)?.size ?? 0;
    if (order.state === "arrived" || order.state === "working") sum.there += size;
    else sum.coming += size;
  }
  return sum;
}
