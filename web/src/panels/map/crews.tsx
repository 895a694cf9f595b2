/** Crews and the ways of their orders, over the map: solid what is under way, dashed what is planned. */
import { useEffect, useState } from "preact/hooks";
import { get } from "../../api/client";
import type { Dispatch, DispatchRoute } from "../../api/dispatch";
import { live } from "../../api/live";
import { useFeed } from "../../parts/hooks";
import { hiddenLayers } from "./layers";
import type { Surface } from "./surface";

const dispatch = live.feed<Dispatch>("dispatch");

/** Ways are fetched when there is a new order, or another way for one. */
function useRoutes(newest: string): Record<string, DispatchRoute> {
  const [routes, setRoutes] = useState<Record<string, DispatchRoute>>({});
  useEffect(() => {
    if (newest !== "") get<Record<string, DispatchRoute>>("dispatch/routes").then(setRoutes, () => {});
  }, [newest]);
  return routes;
}

export function Crews({ surface }: { surface: Surface; moves: number }) {
  const all = useFeed(dispatch);
  const hidden = useFeed(hiddenLayers).has("crews");
  const newest = (all?.orders ?? []).map((order) => `${order.id}.${order.reroutes ?? 0}`).join();
  const routes = useRoutes(newest);
  if (!all || hidden) return null;
  const at = ([lon, lat]: [number, number]): string => {
    const [x, y] = surface.project(lon, lat);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  const ways = all.orders.filter((order) =>
    ["draft", "sent", "accepted", "rolling"].includes(order.state),
  );
  return (
    <svg class="crews" aria-hidden="true">
      {ways.map((order) => {
        const line = routes[order.id]?.line ?? [];
        if (line.length < 2) return null;
        return (
          <polyline
            key={order.id}
            class={order.state === "draft" ? "crew-way crew-planned" : "crew-way"}
            points={line.map(at).join(" ")}
          />
        );
      })}
      {all.crews.map((crew) => {
        if (crew.lon === null || crew.lat === null || crew.order === null) return null;
        const [x, y] = surface.project(crew.lon, crew.lat);
        return (
          <g key={crew.id} class="crew-sign" transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`}>
            <path d="M-9 4v-9h11v9Zm11 0v-6h4l3 3v3Z" />
            <circle cx="-4" cy="5" r="2.4" />
            <circle cx="5" cy="5" r="2.4" />
            <text y="17" text-anchor="middle">
              {crew.id}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
