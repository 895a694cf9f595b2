/** The questions that follow a button: why, which road, how deep, how much was used. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { quantity } from "../base/quantity";
import { useWords } from "../words/language";
import { say } from "./link";
import type { Order, Route } from "./types";
import { words } from "./words";

export type Question = "refuse" | "breakdown" | "road" | "depth" | "used" | null;

function Sheet(props: { title: string; close: () => void; children: ComponentChildren }) {
  const w = useWords(words);
  return (
    <div class="sheet" role="dialog" aria-modal="true" aria-label={props.title}>
      <h2>{props.title}</h2>
      {props.children}
      <button type="button" class="big plain" onClick={props.close}>
        {w.cancel}
      </button>
    </div>
  );
}

function Reasons(props: { kind: "refused" | "breakdown"; order: Order; close: () => void }) {
  const w = useWords(words);
  const reasons = props.kind === "breakdown" ? [w.breakdown] : w.reasons;
  return (
    <Sheet title={props.kind === "breakdown" ? w.breakdown : w.whyRefuse} close={props.close}>
      {reasons.map((reason) => (
        <button
          key={reason}
          type="button"
          class="big"
          onClick={() => {
            void say({ kind: props.kind, order: props.order.id, reason });
            props.close();
          }}
        >
          {reason}
        </button>
      ))}
    </Sheet>
  );
}

function Road(props: { order: Order; route: Route | null; close: () => void }) {
  const w = useWords(words);
  const roads = [...new Set((props.route?.steps ?? []).map((step) => step.road))].filter(Boolean);
  const tell = (place: string): void => {
    void say({ kind: "close", order: props.order.id, place, reason: w.roadClosed });
    props.close();
  };
  return (
    <Sheet title={w.whichRoad} close={props.close}>
      <div class="choices">
        {roads.map((road) => (
          <button key={road} type="button" class="big" onClick={() => tell(road)}>
            {road}
          </button>
        ))}
        <button type="button" class="big" onClick={() => tell(`near ${props.order.place.id}`)}>
          {w.otherRoad}
        </button>
      </div>
    </Sheet>
  );
}

function Stepper(props: {
  value: number;
  text: string;
  step: number;
  most: number;
  label: string;
  set: (value: number) => void;
}) {
  const w = useWords(words);
  const to = (value: number): void =>
    props.set(Math.round(Math.min(props.most, Math.max(0, value)) * 100) / 100);
  return (
    <div class="stepper" role="group" aria-label={props.label}>
      <button
        type="button"
        class="big"
        aria-label={w.less}
        onClick={() => to(props.value - props.step)}
      >
        −
      </button>
      <output>{props.text}</output>
      <button
        type="button"
        class="big"
        aria-label={w.more}
        onClick={() => to(props.value + props.step)}
      >
        +
      </button>
    </div>
  );
}

function Depth(props: { order: Order; close: () => void }) {
  const w = useWords(words);
  const [depth, setDepth] = useState(0.2);
  return (
    <Sheet title={w.depth} close={props.close}>
      <Stepper
        value={depth}
        text={quantity(depth, "m")}
        step={0.05}
        most={3}
        label={w.depth}
        set={setDepth}
      />
      <button
        type="button"
        class="big strong"
        onClick={() => {
          void say({
            kind: "depth",
            order: props.order.id,
            place: props.order.place.id,
            depth_m: depth,
          });
          props.close();
        }}
      >
        {w.send}
      </button>
    </Sheet>
  );
}

function Used(props: { order: Order; close: () => void }) {
  const w = useWords(words);
  const [used, setUsed] = useState<Record<string, number>>({});
  return (
    <Sheet title={w.used} close={props.close}>
      {Object.entries(props.order.items).map(([item, most]) => (
        <div key={item}>
          <p class="dim">{w.item(item)}</p>
          <Stepper
            value={used[item] ?? 0}
            text={`${used[item] ?? 0} / ${most}`}
            step={most > 20 ? 10 : 1}
            most={most}
            label={w.item(item)}
            set={(value) => setUsed({ ...used, [item]: Math.round(value) })}
          />
        </div>
      ))}
      <button
        type="button"
        class="big strong"
        onClick={() => {
          const some = Object.fromEntries(Object.entries(used).filter(([, n]) => n > 0));
          void (async () => {
            if (Object.keys(some).length > 0) {
              await say({ kind: "used", order: props.order.id, used: some });
            }
            await say({ kind: "done", order: props.order.id });
          })();
          props.close();
        }}
      >
        {w.say("done")}
      </button>
    </Sheet>
  );
}

export function Asked(props: {
  question: Question;
  order: Order;
  route: Route | null;
  close: () => void;
}) {
  const { question, order, route, close } = props;
  if (question === "refuse") return <Reasons kind="refused" order={order} close={close} />;
  if (question === "breakdown") return <Reasons kind="breakdown" order={order} close={close} />;
  if (question === "road") return <Road order={order} route={route} close={close} />;
  if (question === "depth") return <Depth order={order} close={close} />;
  if (question === "used") return <Used order={order} close={close} />;
  return null;
}
