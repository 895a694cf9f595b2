/** The plant as water goes through it: units in the order of their file, with what is at each. */
import type { PlantDetail, TagValue, Thing } from "../api/plants";
import { parseTime } from "../base/time";
import { Age } from "../parts/age";
import { words as common } from "../words/common";
import { useName, useWords } from "../words/language";
import { digits, valued } from "./numbers";
import { words } from "./words";

/** A tag is expected to speak at least so often [s]. */
const PERIOD_S = 300;

function Value({ tag }: { tag: TagValue }) {
  const w = useWords(words);
  const c = useWords(common);
  const name = useName();
  const time = parseTime(tag.time);
  const ends = w.alarmRange(digits(tag.alarm_low), digits(tag.alarm_high));
  const limited = tag.alarm_low !== null || tag.alarm_high !== null;
  return (
    <li class={tag.alarmed ? "tag-line wrong" : "tag-line"} title={limited ? ends : undefined}>
      <span class="tag-name">
        {name(tag.name)} <span class="dim">{tag.id}</span>
      </span>
      <span class="number">
        {tag.alarmed && <b>⚠ {w.alarm} </b>}
        {!tag.good && <b>? {w.doubtful} </b>}
        {valued(tag.value, tag.unit)}
      </span>
      <span class="tag-age">
        {tag.simulated ? <span class="tag">{c.simulated}</span> : null}
        {!tag.simulated && Number.isFinite(time) && <Age time={time} period_s={PERIOD_S} />}
        {tag.value === null && w.noValue}
      </span>
    </li>
  );
}

/** A machine: what it does by its signals. */
function Machine({ thing, tags }: { thing: Thing; tags: TagValue[] }) {
  const w = useWords(words);
  const name = useName();
  const of = (kind: string) => tags.find((tag) => tag.at === thing.id && tag.kind === kind);
  const [trip, state, power] = [of("trip"), of("state"), of("power")];
  const tripped = (trip?.value ?? 0) >= 0.5;
  const runs = (state?.value ?? 0) >= 0.5;
  const word = tripped ? w.tripped : runs ? w.running : w.stopped;
  return (
    <li class={tripped ? "machine wrong" : runs ? "machine runs" : "machine"}>
      <span aria-hidden="true">{tripped ? "⚠" : runs ? "●" : "○"}</span>
      <span>{name(thing.name)}</span>
      <span class="dim">
        {state || trip ? word : w.noValue}
        {runs && power ? ` ${valued(power.value, power.unit)}` : ""}
      </span>
    </li>
  );
}

const MACHINES = new Set(["pump", "blower", "machine"]);
const SIGNALS = new Set(["state", "trip", "power", "vibration"]);

function Box(props: { title: string; at: string; plant: PlantDetail; water: boolean }) {
  const { plant, at } = props;
  const inside = plant.things.filter((thing) => thing.at === at && thing.kind !== "unit");
  const places = new Set([at, ...inside.map((thing) => thing.id)]);
  const machines = inside.filter((thing) => MACHINES.has(thing.kind));
  const moved = new Set(machines.map((thing) => thing.id));
  const tags = plant.values.filter(
    (tag) => places.has(tag.at) && !(moved.has(tag.at) && SIGNALS.has(tag.kind)),
  );
  const signalled = machines.filter((m) => plant.values.some((tag) => tag.at === m.id));
  if (tags.length === 0 && signalled.length === 0) return null;
  const wrong = tags.some((tag) => tag.alarmed);
  return (
    <li class={`box${props.water ? " box-water" : ""}${wrong ? " box-wrong" : ""}`}>
      <h3>{props.title}</h3>
      {signalled.length > 0 && (
        <ul class="machines">
          {signalled.map((thing) => (
            <Machine key={thing.id} thing={thing} tags={plant.values} />
          ))}
        </ul>
      )}
      <ul>
        {tags.map((tag) => (
          <Value key={tag.id} tag={tag} />
        ))}
      </ul>
    </li>
  );
}

export function Flowsheet({ plant }: { plant: PlantDetail }) {
  const w = useWords(words);
  const name = useName();
  const units = plant.things.filter((thing) => thing.kind === "unit");
  return (
    <ol class="flowsheet">
      <Box title={w.influent} at="influent" plant={plant} water />
      {units.map((unit) => (
        <Box key={unit.id} title={name(unit.name)} at={unit.id} plant={plant} water={false} />
      ))}
      <Box title={w.effluent} at="effluent" plant={plant} water />
      <Box title={w.whole} at="plant" plant={plant} water={false} />
    </ol>
  );
}
