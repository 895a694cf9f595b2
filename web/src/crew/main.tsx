import { render } from "preact";
import "../app.css";
import { Crew } from "./app";
import { start } from "./link";
import "./style.css";

render(<Crew />, document.getElementById("page") as HTMLElement);
void start();
performance.mark("interactive"); /* tests/page waits for it */
