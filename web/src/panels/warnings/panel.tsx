import { useEffect, useRef, useState } from "preact/hooks";
import { get, post } from "../../api/client";
import { live } from "../../api/live";
import type { Warning } from "../../api/types";
import { openWarnings, severityOf, thresholdsOf } from "../../base/hazard";
import { NO_VALUE, quantity } from "../../base/quantity";
import { momentText, parseTime } from "../../base/time";
import { Age } from "../../parts/age";
import { useFeed, useNow, useOffset } from "../../parts/hooks";
import { Mark } from "../../parts/mark";
import { tell } from "../../parts/notice";
import { choosePoint, useSelected } from "../../parts/selection";
import { words as common } from "../../words/common";
import { language, useName, useWords } from "../../words/language";
import type { Panel } from "../panel";
import { newsIn, remember } from "./announce";
import { changeOfficer, officer, OfficerDialog, withOfficer } from "./officer";
import { orderAbout, OrderDialog } from "./order";
import { Basis, Messages } from "./outside";
import { TokenDialog } from "./token";
import "./style.css";
import { words } from "./words";

/** The depth that the warning's class stands for at its point [m]. */
function classDepth(warning: Warning): number | null {
  const city = live.city.value;
  const point = city?.points.find((p) => p.id === warning.point);
  if (!city || !point) return null;
  return thresholdsOf(city, point).find((t) => t.class === warning.class)?.depth_m ?? null;
}

function acknowledge(warning: Warning): void {
  withOfficer((by) => {
    post(`warnings/${encodeURIComponent(String(warning.id))}/acknowledge`, { by }).catch(tell);
  });
}

/**
 * The time left, in two words: large and small. Past it either the water is there, or it is late.
 */
function useLead(warning: Warning): { large: string; small: string; late: boolean } {
  const w = useWords(words);
  const now = useNow();
  const lead_min = (parseTime(warning.expected) - now) / 60;
  if (lead_min >= 0) return { large: w.lead(Math.floor(lead_min)), small: w.leadHint, late: false };
  if (!warning.reached) {
    if (Number.isNaN(lead_min)) return { large: NO_VALUE, small: w.leadHint, late: false };
    return { large: `+${w.lead(Math.floor(-lead_min))}`, small: w.lateHint, late: true };
  }
  const since_min = Math.max(0, Math.floor((now - parseTime(warning.reached)) / 60));
  return { large: w.flooded, small: w.floodedFor(w.lead(since_min)), late: true };
}

/** How sure it is, why it comes, and what an officer has ordered beside the system's own view. */
function Reasons({ warning }: { warning: Warning }) {
  const w = useWords(words);
  const c = useWords(common);
  const name = useName();
  const now = useNow();
  const offset = useOffset();
  const { order, cause } = warning;
  return (
    <p class="card-why">
      {typeof warning.probability === "number" && (
        <span>{w.probability(Math.round(100 * warning.probability))}</span>
      )}
      {cause && (
        <span class="dim">
          {" · "}
          {name(cause)}
        </span>
      )}
      {order && (
        <>
          <br />
          <b class="ordered">{w.ordered(order.action)}</b> {order.by}{" "}
          {momentText(parseTime(order.at), now, offset)}: {order.reason}{" "}
          <span class="dim">
            ({w.ownView}: {warning.own_class ? c.class(warning.own_class) : c.noClass})
          </span>
        </>
      )}
    </p>
  );
}

function Card({ warning }: { warning: Warning }) {
  const w = useWords(words);
  const c = useWords(common);
  const name = useName();
  const now = useNow();
  const offset = useOffset();
  const lead = useLead(warning);
  const selected = useSelected() === warning.point;
  const at = (time: string): string => momentText(parseTime(time), now, offset);
  const cycle_s = (live.city.value?.forecast.cycle_min ?? 5) * 60;
  return (
    <li
      class={`card card-${warning.class} card-${warning.state}${selected ? " chosen" : ""}`}
      data-warning={warning.id}
      data-class={warning.class}
    >
      <Mark hazard={warning.class} size={36} />
      <button
        type="button"
        class="card-name"
        aria-pressed={selected}
        onClick={() => choosePoint(warning.point)}
      >
        {name(warning.name)} <span class="dim">{warning.point}</span>
      </button>
      <p class={lead.late ? "lead late" : "lead"}>
        <b>{lead.large}</b>
        <span class="hidden"> {lead.small}</span>
      </p>
      <p class="card-class">
        <span>
          {c.class(warning.class)}
          <span class="dim">
            {" · "}
            {w.state(warning.state)}
            {warning.acknowledged_by && ` (${warning.acknowledged_by})`}
          </span>
        </span>
        <span class="dim" aria-hidden="true">
          {lead.small}
        </span>
      </p>
      <p class="card-depth">
        {w.depth} <b>{quantity(warning.depth_m, "m")}</b>
        {(warning.depth_high_m ?? 0) - (warning.depth_low_m ?? 0) >= 0.01 && (
          <span class="dim">
            {" "}
            ({quantity(warning.depth_low_m, "m")} – {quantity(warning.depth_high_m, "m")})
          </span>
        )}
        {warning.expected && (
          <span class="dim">
            {" · "}
            {w.passes(quantity(classDepth(warning), "m"), at(warning.expected))}
          </span>
        )}
      </p>
      <Reasons warning={warning} />
      <p class="card-state">
        <b class={warning.reached ? "reached" : "dim"}>
          {warning.reached ? w.reached(at(warning.reached)) : w.notReached}
        </b>
        {warning.simulated && <span class="tag">{c.simulated}</span>}
        <br />
        <span class="dim">
          {w.issued} <Age time={parseTime(warning.issued)} period_s={Number.POSITIVE_INFINITY} />
          {" · "}
          {w.updated} <Age time={parseTime(warning.updated)} period_s={cycle_s} />
        </span>
      </p>
      <div class="card-ack">
        <button
          type="button"
          class="button"
          aria-label={w.orderOf(name(warning.name))}
          onClick={() => orderAbout(warning)}
        >
          {w.order}
        </button>{" "}
        {warning.state === "active" && (
          <button
            type="button"
            class="button strong"
            aria-label={w.acknowledgeOf(name(warning.name))}
            onClick={() => acknowledge(warning)}
          >
            {w.acknowledge}
          </button>
        )}
      </div>
    </li>
  );
}

/** Says new warnings to screen readers: at once when they are red, otherwise when there is a pause. */
function Announcer({ warnings }: { warnings: Warning[] }) {
  const w = useWords(words);
  const c = useWords(common);
  const name = useName();
  const told = useRef(new Map<string, string>());
  const [said, say] = useState({ polite: "", urgent: "" });
  useEffect(() => {
    const news = newsIn(told.current, warnings);
    remember(told.current, warnings);
    const first = news[0];
    if (!first) return;
    const lead = Math.max(0, Math.round((parseTime(first.expected) - live.now.value) / 60));
    const text = w.announce(
      c.class(first.class),
      name(first.name),
      quantity(first.depth_m, "m"),
      w.lead(Number.isFinite(lead) ? lead : 0),
    );
    const all = news.length > 1 ? `${text}; ${w.more(news.length - 1)}` : text;
    const urgent = severityOf(first.class) === 4;
    say({ polite: urgent ? "" : all, urgent: urgent ? all : "" });
  }, [warnings]);
  return (
    <>
      <div class="hidden" aria-live="polite">
        {said.polite}
      </div>
      <div class="hidden" aria-live="assertive">
        {said.urgent}
      </div>
    </>
  );
}

/** The ended warnings, latest first; asked for when the number of open ones changes. */
function useEnded(open: number): Warning[] {
  const [ended, setEnded] = useState<Warning[]>([]);
  useEffect(() => {
    let wanted = true;
    get<Warning[]>("warnings?all=1").then(
      (all) => {
        const over = all.filter((one) => one.state === "ended");
        over.sort((a, b) => parseTime(b.updated) - parseTime(a.updated));
        if (wanted) setEnded(over);
      },
      () => undefined /* the list of open warnings stands without them */,
    );
    return () => {
      wanted = false;
    };
  }, [open]);
  return ended;
}

function Nothing({ ended }: { ended: Warning[] }) {
  const w = useWords(words);
  const now = useNow();
  const offset = useOffset();
  const since = parseTime(ended[0]?.updated ?? live.clock.value?.start);
  return (
    <div class="nothing">
      <p>{w.none}</p>
      {Number.isFinite(since) && <p class="dim">{w.noneSince(momentText(since, now, offset))}</p>}
    </div>
  );
}

function Ended({ ended }: { ended: Warning[] }) {
  const w = useWords(words);
  const c = useWords(common);
  const name = useName();
  const now = useNow();
  const offset = useOffset();
  if (ended.length === 0) return null;
  return (
    <details class="ended">
      <summary>{w.ended(ended.length)}</summary>
      <ul>
        {ended.map((one) => (
          <li key={one.id}>
            <Mark hazard={one.class} size={18} /> {name(one.name)}{" "}
            <span class="dim">
              {c.class(one.class)} · {quantity(one.depth_m, "m")} ·{" "}
              {one.reached
                ? w.endedReached(momentText(parseTime(one.reached), now, offset))
                : w.endedDry}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** One storm's warnings are one group: since when, how many, how many nobody has acknowledged. */
function Storm({ warnings }: { warnings: Warning[] }) {
  const w = useWords(words);
  const now = useNow();
  const offset = useOffset();
  const begins = Math.min(...warnings.map((one) => parseTime(one.issued)));
  const active = warnings.filter((one) => one.state === "active").length;
  if (!Number.isFinite(begins)) return null;
  return (
    <p class="storm-line">
      {w.storm(momentText(begins, now, offset), warnings.length)}
      <span class={active > 0 ? "reached" : "dim"}>
        {" · "}
        {w.unacknowledged(active)}
      </span>
    </p>
  );
}

function View() {
  const w = useWords(words);
  const all = useFeed(live.warnings);
  const who = useFeed(officer);
  useFeed(language);
  const open = openWarnings(all ?? []);
  const ended = useEnded(open.length);
  return (
    <>
      <Announcer warnings={open} />
      {all && open.length === 0 && <Nothing ended={ended} />}
      {open.length > 0 && <Storm warnings={open} />}
      <ul class="cards">
        {open.map((warning) => (
          <Card key={warning.id} warning={warning} />
        ))}
      </ul>
      <Ended ended={ended} />
      <Messages stamp={open.map((one) => `${one.id}${one.class}${one.state}`).join()} />
      <Basis />
      {who && (
        <p class="who dim">
          {w.who}: {who}{" "}
          <button type="button" class="link" onClick={changeOfficer}>
            {w.change}
          </button>
        </p>
      )}
      <OfficerDialog />
      <OrderDialog />
      <TokenDialog />
    </>
  );
}

export const panel: Panel = {
  id: "warnings",
  place: "left",
  order: 10,
  title: words,
  fills: true,
  View,
};
