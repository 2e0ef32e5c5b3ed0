import { connect } from "node:net";
import { argv } from "node:process";
import { infoHashOf, queryOf } from "../announce/swarms.ts";

/**
 * An attacker of a tracker, as a process: so many connections from one address that announce all
 * the time, each with a new port. Arguments: the tracker's port, connections, the swarm's name.
 */
const [, , port = "", count = "0", swarm = ""] = argv;
const ATTACKER = "127.0.0.66";
const AGAIN_MS = 100;

let peer = 0;
const next = (): string => {
  const query = queryOf(infoHashOf(swarm), peer++, { left: 0 });
  return `GET /announce?${query} HTTP/1.1\r\nHost: tracker\r\n\r\n`;
};

function flood(): void {
  const socket = connect({ port: Number(port), host: "127.0.0.1", localAddress: ATTACKER });
  socket.once("connect", () => socket.write(next()));
  socket.on("data", () => socket.write(next()));
  socket.on("error", () => undefined);
  socket.once("close", () => setTimeout(flood, AGAIN_MS));
}

for (let i = 0; i < Number(count); i++) flood();
setTimeout(() => process.send?.("tried"), 1_000);
process.once("disconnect", () => process.exit(0));
