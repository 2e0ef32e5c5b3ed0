import type { Torrent, Wire } from "webtorrent";
import { plainHost } from "../wire/wire-admission.ts";
import type { WireTraffic } from "./content.ts";

/** What a paid torrent adds to its wires. */
export type Described = Pick<WireTraffic, "wireId" | "remoteKey" | "wastedBytes">;

const PLAIN: Described = { wireId: null, remoteKey: null, wastedBytes: 0 };

export function trafficOf(torrent: Torrent, describe: (wire: Wire) => Described | null): readonly WireTraffic[] {
  if (torrent.destroyed) return [];
  return torrent.wires
    .filter((wire) => !wire.destroyed)
    .map((wire) => {
      const { wireId, remoteKey, wastedBytes } = describe(wire) ?? PLAIN;
      return {
        ...{ wireId, remoteKey, wastedBytes },
        address: wire.remoteAddress === undefined ? "" : `${plainHost(wire.remoteAddress)}:${wire.remotePort}`,
        bytesDown: wire.downloaded,
        bytesUp: wire.uploaded,
        rateDown: wire.downloadSpeed(),
        rateUp: wire.uploadSpeed(),
      };
    });
}
