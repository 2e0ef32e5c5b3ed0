import { once } from "node:events";
import type { AddressInfo } from "node:net";
import Server from "bittorrent-tracker/server";

/** bittorrent-tracker as a process, with room for all peers of the bench. */
const options = { interval: 60_000, udp: false, ws: false, stats: false, peersCacheLength: 10_000 };
const server = new Server(options);
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.http.address() as AddressInfo;
process.send?.({ url: `http://127.0.0.1:${port}/announce`, udpPort: 0 });
process.once("disconnect", () => process.exit(0));
