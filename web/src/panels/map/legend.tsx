import type { City } from "../../api/types";
import { classesUpward } from "../../base/hazard";
import { useFeed } from "../../parts/hooks";
import { Mark } from "../../parts/mark";
import { words as common } from "../../words/common";
import { useWords } from "../../words/language";
import {
  hiddenLayers,
  type LayerId,
  layerIds,
  showLayer,
  type SymbolId,
  symbolPaths,
  thingsOf,
} from "./layers";
import { words } from "./words";

function Sign({ id }: { id: LayerId }) {
  const path = symbolPaths[id as SymbolId] as string | undefined;
  return (
    <svg class="sign" width="18" height="16" viewBox="0 0 18 16" aria-hidden="true">
      {path && <path class="sign-symbol" d={path} transform="translate(1 0)" />}
      {id === "network" && <path class="sign-network" d="M0 4h18M0 11h18" />}
      {id === "roads" && <path class="sign-road" d="M0 8h18" />}
      {id === "crews" && <path class="sign-way" d="M0 12 6 5l5 4 7-6" />}
      {id === "relief" && <path class="sign-relief" d="M0 15 6 5l4 5 3-4 5 9Z" />}
    </svg>
  );
}

const wide = (): boolean => matchMedia("(min-width: 1320px) and (min-height: 700px)").matches;

/** What the signs mean, and which of them are shown. */
export function Legend({ city }: { city: City }) {
  const w = useWords(words);
  const c = useWords(common);
  const hidden = useFeed(hiddenLayers);
  const there = new Set<LayerId>(thingsOf(city).map((thing) => thing.layer));
  const shown = layerIds.filter((id) => !(id in symbolPaths) || there.has(id));
  return (
    <details class="legend" open={wide()}>
      <summary>{w.legend}</summary>
      <h3>{w.classes}</h3>
      <ul class="legend-classes">
        {[...classesUpward].reverse().map((hazard) => (
          <li key={hazard}>
            <Mark hazard={hazard} size={18} /> {c.class(hazard)}
          </li>
        ))}
        <li>
          <Mark hazard={null} size={18} /> {w.calm}
        </li>
      </ul>
      <ul class="legend-layers">
        {shown.map((id) => (
          <li key={id}>
            <label>
              <input
                type="checkbox"
                checked={!hidden.has(id)}
                onChange={(event) => showLayer(id, event.currentTarget.checked)}
              />
              <Sign id={id} />
              {w.layer(id)}
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}
