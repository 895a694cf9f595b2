/** The dispatcher's: the plan beside the present, what points lack, who is on the way. */
import { useState } from "preact/hooks";
import { post } from "../../api/client";
import type { Dispatch, DispatchOrder, DispatchPoint } from "../../api/dispatch";
import { live } from "../../api/live";
import type { HazardClass } from "../../api/types";
import { quantity } from "../../base/quantity";
import { parseTime } from "../../base/time";
import { useFeed, useNow } from "../../parts/hooks";
import { Mark } from "../../parts/mark";
import { tell } from "../../parts/notice";
import { choosePoint } from "../../parts/selection";
import { useName, useWords } from "../../words/language";
import type { Panel } from "../panel";
import { draftsOf, openOrders, peopleAt, pointsByShortage, presentOf } from "./rows";
import "./style.css";
import { words } from "./words";

/** The event "dispatch"; null in a city without crews. */
const dispatch = live.feed<Dispatch>("dispatch");

const hazardOf = (id: string | undefined): HazardClass | null =>
  id === undefined || id === "none" ? null : (id as HazardClass);

/** "3:25", minutes and seconds. */
const span = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

const approve = (body: object): void => {
  post("dispatch/approve", body).catch(tell);
};

const withdraw = (order: number, reason: string): void => {
  post(`dispatch/orders/${order}/state`, { state: "withdrawn", reason }).catch(tell);
};

function Card({ all, drafts }: { all: Dispatch; drafts: DispatchOrder[] }) {
  const w = useWords(words);
  const name = useName();
  const { plan } = all;
  return (
    <div class="plan-card">
      <p>
        {plan ? (
          <>
            <b>{plan.about ? name(plan.about.title) : w.plan(plan.id)}</b>
            <br />
            <span class="dim">
              {w.plan(plan.id)} · {w.cause(plan.cause)} · {w.machine(plan.machine_ms)}
            </span>
          </>
        ) : (
          <span class="dim">{w.noPlan}</span>
        )}
      </p>
      <p class="plan-buttons">
        {drafts.length > 0 && (
          <button
            type="button"
            class="button strong"
            onClick={() => approve({ orders: drafts.map((draft) => draft.id) })}
          >
            {w.approveAll(drafts.length)}
          </button>
        )}
        <button
          type="button"
          class="button"
          onClick={() => {
            post("dispatch/plan", {}).catch(tell);
          }}
        >
          {w.replan}
        </button>
      </p>
      {plan?.about && (
        <details>
          <summary>{w.details}</summary>
          <p class="plan-text">{name(plan.about.text)}</p>
          {plan.about.helps.length > 0 && (
            <p class="plan-text">
              <b>{w.helps}</b> {plan.about.helps.map(name).join(" ")}
            </p>
          )}
        </details>
      )}
    </div>
  );
}

function Draft({ all, draft }: { all: Dispatch; draft: DispatchOrder }) {
  const w = useWords(words);
  const name = useName();
  const present = presentOf(all, draft);
  const place = name(draft.place.name);
  return (
    <li class="draft" data-draft={draft.id}>
      <Mark hazard={hazardOf(draft.about?.class)} size={22} />
      <p class="draft-way">
        <b>{draft.crew}</b>
        <span class="dim">
          {" "}
          {w.now}: {present ? `${present.place.id} ${w.state(present.state)}` : w.free}
        </span>
        <br />
        {w.planned}: {place} <span class="dim">{draft.place.id}</span>
        <br />
        <span class="dim">
          {draft.vehicles.join(" · ") || (draft.with && `#${draft.with}`)}
          {draft.about?.travel_s !== undefined && ` · ${span(draft.about.travel_s)}`}
          {Object.entries(draft.items).map(([item, n]) => ` · ${w.item(item)} ${n}`)}
        </span>
      </p>
      <button
        type="button"
        class="button"
        aria-label={w.approveOf(draft.crew, place)}
        title={draft.about ? name(draft.about.reason) : draft.reason}
        onClick={() => approve({ orders: [draft.id] })}
      >
        {w.approve}
      </button>
    </li>
  );
}

/** How long ago the point was warned of, until its people are in place. */
function Since({ all, id }: { all: Dispatch; id: string }) {
  const w = useWords(words);
  const now = useNow();
  const clock = all.clock.find((one) => one.point === id);
  if (!clock?.warned) return null;
  if (clock.warned_to_covered_s !== null) {
    return <span class="dim">{w.covered(span(clock.warned_to_covered_s))}</span>;
  }
  return <b>{w.running(span(now - parseTime(clock.warned)))}</b>;
}

function PointRow({ all, point }: { all: Dispatch; point: DispatchPoint }) {
  const w = useWords(words);
  const name = useName();
  const people = peopleAt(all, point.id);
  const missing = point.reachable ? name(point.missing) : w.unreachable;
  return (
    <tr>
      <th scope="row">
        <Mark hazard={hazardOf(point.class)} size={18} />{" "}
        <button type="button" class="link" onClick={() => choosePoint(point.id)}>
          {name(point.name)}
        </button>
      </th>
      <td class="number">
        {people.there}/{people.coming}/{point.people_needed}
      </td>
      <td class={point.people_missing > 0 ? "lacks" : "dim"}>{missing || w.nothing}</td>
      <td class="number">
        <Since all={all} id={point.id} />
      </td>
    </tr>
  );
}

function Points({ all }: { all: Dispatch }) {
  const w = useWords(words);
  const rows = pointsByShortage(all);
  if (rows.length === 0) return null;
  return (
    <table class="dispatch-points">
      <caption>{w.points}</caption>
      <thead>
        <tr>
          <th scope="col">{w.point}</th>
          <th scope="col">{w.people}</th>
          <th scope="col">{w.missing}</th>
          <th scope="col">{w.clock}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((point) => (
          <PointRow key={point.id} all={all} point={point} />
        ))}
      </tbody>
    </table>
  );
}

function Open({ all }: { all: Dispatch }) {
  const w = useWords(words);
  const name = useName();
  const orders = openOrders(all);
  const recalls = all.plan?.about?.recalls ?? [];
  return (
    <details open={orders.length > 0}>
      <summary>{w.orders(orders.length)}</summary>
      <ul class="open-orders">
        {orders.map((order) => {
          const recall = recalls.find((one) => one.order === order.id);
          return (
            <li key={order.id} data-order={order.id}>
              <span class={`order-state order-${order.state}`}>{w.state(order.state)}</span>
              <span>
                <b>{order.crew}</b> {name(order.place.name)}{" "}
                <span class="dim">{order.place.id}</span>
                {order.about?.change === "rerouted" && (
                  <span class="dim" title={name(order.about.reason)}>
                    {" "}
                    {w.rerouted}
                  </span>
                )}
                {recall && (
                  <span class="dim" title={name(recall.reason)}>
                    {" "}
                    {w.recalls}
                  </span>
                )}
              </span>
              <button
                type="button"
                class="link"
                aria-label={w.withdrawOf(order.crew)}
                onClick={() => withdraw(order.id, recall ? recall.reason.en : "")}
              >
                {w.withdraw}
              </button>
            </li>
          );
        })}
      </ul>
    </details>
  );
}

function Stock({ all }: { all: Dispatch }) {
  const w = useWords(words);
  const low = all.depots.filter((depot) => depot.low);
  if (low.length === 0) return null;
  return (
    <p>
      <b>{w.stock}</b>{" "}
      {low.map((depot) => (
        <span key={depot.id}>
          {depot.id}:{" "}
          {Object.entries(depot.full)
            .filter(([kind, full]) => 5 * (depot.stock[kind] ?? 0) < full)
            .map(([kind, full]) => w.left(w.item(kind), depot.stock[kind] ?? 0, full))
            .join(", ")}{" "}
        </span>
      ))}
    </p>
  );
}

function Reports({ all }: { all: Dispatch }) {
  const w = useWords(words);
  if (all.depths.length === 0) return null;
  return (
    <p>
      <b>{w.reported}</b>{" "}
      {all.depths.map((one) => `${one.point} ${quantity(one.depth_m, "m")}`).join(" · ")}
    </p>
  );
}

/** A link is shown once, to be sent on: nobody can read it again. */
function Phones({ all }: { all: Dispatch }) {
  const w = useWords(words);
  const [link, show] = useState<{ crew: string; link: string } | null>(null);
  const make = (crew: string): void => {
    post<{ crew: string; link: string }>(`dispatch/crews/${encodeURIComponent(crew)}/link`, {}).then(
      show,
      tell,
    );
  };
  return (
    <details>
      <summary>{w.phones}</summary>
      {link && (
        <p class="phone-link">
          {link.crew}: <code>{new URL(link.link, document.baseURI).href}</code>
          <br />
          <span class="dim">{w.linkHint}</span>
        </p>
      )}
      <ul class="phone-list">
        {all.crews.map((crew) => (
          <li key={crew.id}>
            {crew.id}{" "}
            <button
              type="button"
              class="link"
              aria-label={w.linkOf(crew.id)}
              onClick={() => make(crew.id)}
            >
              {w.link}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

function View() {
  const w = useWords(words);
  const all = useFeed(dispatch);
  if (!all) return <p class="panel-note dim">{w.noPlan}</p>;
  const drafts = draftsOf(all);
  return (
    <div class="dispatch" data-mode={all.mode}>
      {all.mode === "drill" && <span class="tag">{w.drill}</span>}
      <Card all={all} drafts={drafts} />
      {drafts.length > 0 && (
        <>
          <h3>{w.drafts}</h3>
          <ul class="drafts">
            {drafts.map((draft) => (
              <Draft key={draft.id} all={all} draft={draft} />
            ))}
          </ul>
        </>
      )}
      <Points all={all} />
      <Stock all={all} />
      <Reports all={all} />
      <Open all={all} />
      <Phones all={all} />
    </div>
  );
}

export const panel: Panel = {
  id: "dispatch",
  place: "left",
  order: 20,
  title: words,
  View,
};
