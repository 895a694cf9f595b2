/** An officer's order about a warning: held, raised, cancelled or released, with a reason. */
import { useState } from "preact/hooks";
import { post } from "../../api/client";
import type { HazardClass, Warning } from "../../api/types";
import { Feed } from "../../base/feed";
import { classesUpward, severityOf } from "../../base/hazard";
import { useDialog, useFeed } from "../../parts/hooks";
import { tell } from "../../parts/notice";
import { words as common } from "../../words/common";
import { useName, useWords } from "../../words/language";
import { officer, withOfficer } from "./officer";
import { words } from "./words";

type Action = "hold" | "raise" | "cancel" | "release";

/** The warning that is being ordered about; null: none. */
const subject = new Feed<Warning | null>(null);

export const orderAbout = (warning: Warning): void => withOfficer(() => subject.set(warning));

/** What may be ordered about a warning as it is. */
export function actionsFor(warning: Warning): Action[] {
  const actions: Action[] = [];
  if (warning.state !== "cancelled" && warning.order?.action !== "hold") actions.push("hold");
  if (severityOf(warning.class) < 4) actions.push("raise");
  if (warning.state !== "cancelled") actions.push("cancel");
  if (warning.order) actions.push("release");
  return actions;
}

const above = (warning: Warning): HazardClass[] =>
  classesUpward.filter((one) => severityOf(one) > severityOf(warning.class));

function Form({ warning }: { warning: Warning }) {
  const w = useWords(words);
  const c = useWords(common);
  const name = useName();
  const actions = actionsFor(warning);
  const [action, choose] = useState<Action>(actions[0] ?? "hold");
  const accept = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const order = {
      action,
      by: officer.value,
      reason: String(data.get("reason") ?? "").trim(),
      ...(action === "raise" ? { class: String(data.get("class")) } : {}),
    };
    subject.set(null);
    post(`warnings/${encodeURIComponent(String(warning.id))}/order`, order).catch(tell);
  };
  return (
    <form method="dialog" onSubmit={accept}>
      <p>
        <b>{name(warning.name)}</b> <span class="dim">{c.class(warning.class)}</span>
      </p>
      <fieldset class="actions">
        <legend class="dim">{w.order}</legend>
        {actions.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="action"
              value={one}
              checked={action === one}
              onChange={() => choose(one)}
            />{" "}
            {w.action(one)}
          </label>
        ))}
      </fieldset>
      {action === "raise" && (
        <label>
          {w.raiseTo}{" "}
          <select name="class">
            {above(warning).map((one) => (
              <option key={one} value={one}>
                {c.class(one)}
              </option>
            ))}
          </select>
        </label>
      )}
      <label for="order-reason">{w.reason}</label>
      <input id="order-reason" name="reason" required={action !== "release"} maxLength={80} />
      <p class="dim">{w.reasonHint}</p>
      <div class="row">
        <button type="submit" class="button strong">
          {w.accept}
        </button>
        <button type="button" class="button" onClick={() => subject.set(null)}>
          {w.cancel}
        </button>
      </div>
    </form>
  );
}

export function OrderDialog() {
  const warning = useFeed(subject);
  const box = useDialog(warning);
  return (
    <dialog ref={box} class="officer" onClose={() => subject.set(null)}>
      {warning && <Form key={warning.id} warning={warning} />}
    </dialog>
  );
}
