import { render } from "preact";
import { live } from "./api/live";
import { App } from "./app";
import "./app.css";
import { startBeat } from "./parts/beat";

live.start();
startBeat();
render(<App />, document.getElementById("page") as HTMLElement);
