/** npm run mock -- [--port 8080] [--speed 60] [--at MINUTE] [--paused] */
import { parseArgs } from "node:util";
import { startMock } from "./server.mjs";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8080" },
    speed: { type: "string", default: "60" },
    at: { type: "string", default: "0" },
    paused: { type: "boolean", default: false },
  },
});
const { address } = await startMock({
  port: Number(values.port),
  speed: Number(values.speed),
  at: Number(values.at),
  paused: values.paused,
});
console.log(`mock of the server: ${address}`);
