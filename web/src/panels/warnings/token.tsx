/** Asks for a token when the server refuses an act without one. */
import { wanted } from "../../api/token";
import { useDialog, useFeed } from "../../parts/hooks";
import { useWords } from "../../words/language";
import { words } from "./words";

export function TokenDialog() {
  const w = useWords(words);
  const then = useFeed(wanted);
  const box = useDialog(then);
  const accept = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const entered = String(new FormData(form).get("token") ?? "").trim();
    form.reset();
    then?.(entered || null);
  };
  return (
    <dialog ref={box} class="officer" onClose={() => then?.(null)}>
      <form method="dialog" onSubmit={accept}>
        <label for="access-token">{w.token}</label>
        <input id="access-token" name="token" type="password" required autocomplete="off" />
        <p class="dim">{w.tokenHint}</p>
        <div class="row">
          <button type="submit" class="button strong">
            {w.accept}
          </button>
          <button type="button" class="button" onClick={() => then?.(null)}>
            {w.cancel}
          </button>
        </div>
      </form>
    </dialog>
  );
}
