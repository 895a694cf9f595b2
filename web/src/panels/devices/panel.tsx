import { live } from "../../api/live";
import type { Device } from "../../api/types";
import { ageParts } from "../../base/age";
import { count, NO_VALUE, quantity } from "../../base/quantity";
import { useFeed } from "../../parts/hooks";
import { words as common } from "../../words/common";
import { useWords } from "../../words/language";
import type { Panel } from "../panel";
import "./style.css";
import { words } from "./words";

const devices = live.feed<Device[]>("devices");

const marks: Record<Device["state"], string> = { never: "○", silent: "⚠", refused: "⚠", speaks: "●" };

function Line({ device }: { device: Device }) {
  const w = useWords(words);
  const c = useWords(common);
  const wrong = device.state === "silent" || device.state === "refused";
  const age = device.age_s === null ? null : ageParts(device.age_s * 1000);
  return (
    <tr>
      <th scope="row">
        {device.name} <span class="dim">{device.protocol}</span>
      </th>
      <td class={wrong ? "wrong" : undefined}>
        <span aria-hidden="true">{marks[device.state]} </span>
        {w.stateOf(device.state)}
      </td>
      <td class="number">{age ? c.ago(age.value, age.unit) : NO_VALUE}</td>
      <td class="number">{device.lag_s === null ? NO_VALUE : quantity(device.lag_s, "s")}</td>
      <td class="number">{count(device.samples)}</td>
      <td class="number">{count(device.gaps)}</td>
      <td class="number" title={device.refused_why ?? undefined}>
        {count(device.refused)}
        {device.refused_why && <span class="devices-why">{device.refused_why}</span>}
      </td>
    </tr>
  );
}

/** Who sends measurements; closed, it tells how many do not. */
function View() {
  const w = useWords(words);
  const all = useFeed(devices) ?? [];
  if (all.length === 0) return null;
  const wrong = all.filter((d) => d.state === "silent" || d.state === "refused").length;
  return (
    <details class="devices">
      <summary>{w.summary(all.length, wrong)}</summary>
      <div class="devices-scroll" tabIndex={0} role="region" aria-label={w.title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{w.name}</th>
              <th scope="col">{w.state}</th>
              {[w.contact, w.lag, w.samples, w.gaps, w.refused].map((word) => (
                <th key={word} scope="col" class="number">
                  {word}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {all.map((device) => (
              <Line key={`${device.protocol} ${device.name}`} device={device} />
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

export const panel: Panel = {
  id: "devices",
  place: "right",
  order: 40,
  title: words,
  bare: true,
  View,
};
