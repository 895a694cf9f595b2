import { render } from "preact";
import { live } from "../api/live";
import "../app.css";
import { Works } from "./app";
import "./style.css";

render(<Works />, document.getElementById("page") as HTMLElement);
live.start();
performance.mark("interactive"); /* tests/page waits for it */
