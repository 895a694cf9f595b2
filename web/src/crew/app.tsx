import { useState } from "preact/hooks";
import type { HazardClass } from "../api/types";
import { quantity } from "../base/quantity";
import { useFeed } from "../parts/hooks";
import { Mark } from "../parts/mark";
import { words as common } from "../words/common";
import { chooseLanguage, language, useName, useWords } from "../words/language";
import { Asked, type Question } from "./dialogs";
import { phone, say, sayPhoto } from "./link";
import { WayMap } from "./map";
import { shrink } from "./picture";
import { nextOf, stateAfter } from "./steps";
import type { Order, OrderState, Route, View } from "./types";
import { words } from "./words";

const lengthText = (metres: number): string =>
  metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(1)} km`;

/** "15:42" of an ISO 8601 text, in the zone that the text names. */
const clockText = (time: string | undefined): string => time?.slice(11, 16) ?? "";

function Head({ view }: { view: View | null }) {
  const w = useWords(words);
  const name = useName();
  const lang = useFeed(language);
  const online = useFeed(phone.online);
  const waiting = useFeed(phone.waiting).length;
  const photos = useFeed(phone.photos).length;
  return (
    <header class={online ? "crew-head" : "crew-head offline"}>
      <div class="crew-head-line">
        <h1>
          {phone.access?.crew}{" "}
          <span class="dim">
            {view && w.people(view.crew.size)} {view && name(view.city)}
          </span>
        </h1>
        <button
          type="button"
          class="link"
          onClick={() => chooseLanguage(lang === "zh" ? "en" : "zh")}
        >
          {w.languageOther}
        </button>
      </div>
      {view?.simulated && <p class="crew-made-up">{w.simulated}</p>}
      <p role="status">
        {!online && <b>{w.offline} </b>}
        {waiting > 0 && w.waiting(waiting)} {photos > 0 && w.photos(photos)}
        {online && waiting + photos === 0 && view && <span class="dim">{w.sent}</span>}
      </p>
    </header>
  );
}

function Facts({ order, route }: { order: Order; route: Route | null }) {
  const w = useWords(words);
  const name = useName();
  const { about } = order;
  const items = Object.entries(order.items);
  return (
    <>
      <h3>{w.whatToDo}</h3>
      <ul class="tasks">
        {(about?.do ?? []).map((task) => (
          <li key={task}>{w.task(task)}</li>
        ))}
      </ul>
      <h3>{w.bring}</h3>
      <p>
        {order.with ? w.rideWith(order.with) : order.vehicles.join(" · ")}
        {items.map(([item, n]) => (
          <span key={item} class="item">
            {n} {w.item(item)}
          </span>
        ))}
      </p>
      {route && route.steps.length > 0 && (
        <details>
          <summary>
            {w.route} {lengthText(about?.distance_m ?? 0)}
          </summary>
          <ol class="steps">
            {route.steps.map((step, i) => (
              <li key={`${i}-${step.road}`}>
                {w.turn(step.turn)} {step.road} {lengthText(step.distance_m)}
                {step.depth_m > 0.01 && <b> {w.wade(quantity(step.depth_m, "m"))}</b>}
                {step.wait_s > 30 && <b> {w.wait(Math.ceil(step.wait_s / 60))}</b>}
              </li>
            ))}
            {route.walk_m > 5 && <li>{w.walk(lengthText(route.walk_m))}</li>}
          </ol>
        </details>
      )}
      <details>
        <summary>{w.why}</summary>
        <p>{about ? name(about.reason) : order.reason}</p>
      </details>
    </>
  );
}

function Small(props: { state: OrderState; ask: (question: Question) => void; order: Order }) {
  const w = useWords(words);
  const { state, ask } = props;
  const onRoad = state === "accepted" || state === "rolling";
  const there = state === "arrived" || state === "working";
  return (
    <div class="crew-small">
      {onRoad && (
        <button type="button" class="big" onClick={() => ask("road")}>
          {w.roadClosed}
        </button>
      )}
      {(onRoad || there) && (
        <button type="button" class="big" onClick={() => ask("breakdown")}>
          {w.breakdown}
        </button>
      )}
      {there && props.order.place.kind === "point" && (
        <button type="button" class="big" onClick={() => ask("depth")}>
          {w.depth}
        </button>
      )}
      {there && (
        <label class="big">
          {w.photo}
          <input
            type="file"
            accept="image/*"
            capture="environment"
            class="hidden"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file) void shrink(file).then((small) => sayPhoto(props.order.id, small));
              event.currentTarget.value = "";
            }}
          />
        </label>
      )}
    </div>
  );
}

function Buttons(props: { state: OrderState; order: Order; ask: (question: Question) => void }) {
  const w = useWords(words);
  const { state, order, ask } = props;
  const next = nextOf[state];
  const takesUsed = next === "done" && Object.keys(order.items).length > 0;
  return (
    <nav class="crew-buttons" aria-label={w.title}>
      <Small state={state} ask={ask} order={order} />
      <div class="crew-main">
        {(state === "sent" || state === "accepted") && (
          <button type="button" class="big no" onClick={() => ask("refuse")}>
            {state === "sent" ? w.refuse : w.giveBack}
          </button>
        )}
        {next && (
          <button
            type="button"
            class="big strong"
            data-say={next}
            onClick={() => {
              if (takesUsed && order.place.kind === "point") ask("used");
              else void say({ kind: next, order: order.id });
            }}
          >
            {w.say(next)}
          </button>
        )}
      </div>
    </nav>
  );
}

function Shown({ order, route }: { order: Order; route: Route | null }) {
  const w = useWords(words);
  const c = useWords(common);
  const name = useName();
  const waiting = useFeed(phone.waiting);
  const [question, ask] = useState<Question>(null);
  const state = stateAfter(order.state, order.id, waiting);
  const hazard = order.about && order.about.class !== "none" ? order.about.class : null;
  return (
    <>
      <main class={`crew-order crew-${state}`} data-order={order.id} data-state={state}>
        <p class="crew-state">
          {w.state(state)} <span class="dim">#{order.id}</span>
        </p>
        <div class="crew-place">
          <Mark hazard={hazard as HazardClass | null} size={40} />
          <div>
            <h2>{name(order.place.name)}</h2>
            <p class="dim">
              {order.place.id}
              {hazard && ` · ${c.class(hazard as HazardClass)}`}
              {order.about?.eta && state === "rolling" && ` · ${w.there(clockText(order.about.eta))}`}
              {order.about?.travel_s !== undefined &&
                state !== "rolling" &&
                ` · ${w.minutes(Math.ceil(order.about.travel_s / 60))}`}
            </p>
          </div>
        </div>
        {order.about?.change === "rerouted" && state !== "arrived" && state !== "working" && (
          <p role="alert" class="crew-rerouted">
            <b>⚠ {w.rerouted}</b> {name(order.about.reason)}
          </p>
        )}
        <WayMap order={order} route={route} />
        <Facts order={order} route={route} />
      </main>
      {question ? (
        <Asked question={question} order={order} route={route} close={() => ask(null)} />
      ) : (
        <Buttons state={state} order={order} ask={ask} />
      )}
    </>
  );
}

function Message({ text }: { text: string }) {
  return (
    <main class="crew-message">
      <p>{text}</p>
    </main>
  );
}

function Refused() {
  const w = useWords(words);
  const why = useFeed(phone.refused);
  return (
    <div role="alert">
      {why && (
        <div class="notice">
          <span>{w.notTaken(why)}</span>
          <button type="button" class="button" onClick={() => phone.refused.set(null)}>
            {w.close}
          </button>
        </div>
      )}
    </div>
  );
}

export function Crew() {
  const w = useWords(words);
  const view = useFeed(phone.view);
  const barred = useFeed(phone.barred);
  const waiting = useFeed(phone.waiting);
  const order = view?.order?.head;
  const ended = order && nextOf[stateAfter(order.state, order.id, waiting)] === null;
  if (!phone.access) return <Message text={w.noLink} />;
  return (
    <div class="crew">
      <Head view={view} />
      {barred && <Message text={w.barred} />}
      {!barred && !view && <Message text={w.loading} />}
      {!barred && view && (!order || ended) && (
        <Message text={view.crew.out ? w.off : w.noOrder} />
      )}
      {!barred && order && !ended && (
        <Shown key={order.id} order={order} route={view?.order?.route ?? null} />
      )}
      <Refused />
    </div>
  );
}
