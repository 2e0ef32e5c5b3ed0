import { argv } from "node:process";
import { quantile } from "../statistics.ts";
import { Line } from "./send.ts";

/**
 * Somebody that reads the list of torrents some 80 times a second, by four connections, as a
 * process. Argument: the API's port. Answers each message with the 99th percentile since the last
 * one, in ms.
 */
const [, , port = ""] = argv;
const GAP_MS = 50;
const times: number[] = [];

async function read(i: number): Promise<void> {
  const line = new Line(Number(port), `127.0.4.${i + 1}`);
  for (;;) {
    const startedAt = performance.now();
    const { status } = await line.send({ path: "/v1/torrents" });
    if (status !== 200) throw new Error(`a read was answered with ${status}`);
    times.push(performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, GAP_MS));
  }
}

process.on("message", () => {
  process.send?.(quantile(times, 0.99));
  times.length = 0;
});
process.once("disconnect", () => process.exit(0));
await Promise.all(Array.from({ length: 4 }, (_, i) => read(i)));
