/** What tests and benches use of bittorrent-tracker's server, beside which ours is measured. */
declare module "bittorrent-tracker/server" {
  import { EventEmitter } from "node:events";
  import type * as http from "node:http";

  export default class Server extends EventEmitter {
    constructor(options: { interval?: number; udp?: boolean; ws?: boolean; stats?: boolean });
    readonly http: http.Server;
    listen(port: number, host: string): void;
    close(done: () => void): void;
  }
}

/** And of its client. */
declare module "bittorrent-tracker" {
  import { EventEmitter } from "node:events";

  export default class Client extends EventEmitter {
    constructor(options: { infoHash: string; peerId: string; port: number; announce: string[] });
    start(fields: { left: number }): void;
    destroy(done: () => void): void;
  }
}
