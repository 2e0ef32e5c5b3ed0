import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { argv } from "node:process";
import Server from "bittorrent-tracker/server";

/**
 * A plain tracker for the free side: bittorrent-tracker, over HTTP alone. Argument: seconds between
 * announces.
 */
const server = new Server({ interval: Number(argv[2]) * 1000, udp: false, ws: false, stats: false });
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.send?.(`http://127.0.0.1:${(server.http.address() as AddressInfo).port}/announce`);
process.once("disconnect", () => process.exit(0));
