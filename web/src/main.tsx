import { render } from "preact";
import { live } from "./api/live";
import { App } from "./app";
import "./app.css";

live.start();
render(<App />, document.getElementById("page") as HTMLElement);
