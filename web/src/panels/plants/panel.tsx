import { useEffect, useState } from "preact/hooks";
import { get } from "../../api/client";
import type { PlantHead } from "../../api/plants";
import { live } from "../../api/live";
import { useFeed } from "../../parts/hooks";
import { useName, useWords } from "../../words/language";
import type { Panel } from "../panel";
import { words } from "./words";

const REFRESH_MS = 30_000;

/** The city's plants, each with the way to its own page. */
function View() {
  const w = useWords(words);
  const name = useName();
  const city = useFeed(live.city);
  const [plants, setPlants] = useState<PlantHead[]>([]);
  const any = (city?.plants.length ?? 0) > 0;
  useEffect(() => {
    if (!any) return;
    const ask = () =>
      get<PlantHead[]>("plants")
        .then(setPlants)
        .catch((error) => console.info("no plants", error)); /* asked for again */
    void ask();
    const timer = setInterval(ask, REFRESH_MS);
    return () => clearInterval(timer);
  }, [any]);
  if (plants.length === 0) return null;
  return (
    <details class="devices">
      <summary>{w.summary(plants.length, plants.filter((p) => p.alarms > 0).length)}</summary>
      <ul>
        {plants.map((plant) => (
          <li key={plant.id}>
            <a class="link" href={`./plant.html#${encodeURIComponent(plant.id)}`}>
              {name(plant.name)}
            </a>{" "}
            <span class="dim">{w.alarms(plant.alarms)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

export const panel: Panel = {
  id: "plants",
  place: "right",
  order: 35,
  title: words,
  bare: true,
  View,
};
