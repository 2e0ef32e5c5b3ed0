import { once } from "node:events";
import type { Command } from "commander";
import { hostArgument, portArgument, wholeNumber } from "./arguments.ts";

/** Options of commands that run a peer. */
export interface ListenOptions {
  readonly host: string;
  readonly torrentPort: number;
  readonly voucherPort: number;
  /** KiB per second; absent: no limit. */
  readonly uploadLimit?: number;
}

/** 1 TiB/s. */
const MAX_KIB = 2 ** 30;

export function withListening(command: Command): Command {
  return command
    .option("--host <address>", "IP address to listen on, which other peers can reach", hostArgument, "127.0.0.1")
    .option("--torrent-port <port>", "TCP port for BitTorrent, 0 for any free one", portArgument, 0)
    .option("--voucher-port <port>", "TCP port for vouchers, 0 for any free one", portArgument, 0)
    .option(
      "--upload-limit <KiB/s>",
      "most that is uploaded, in KiB per second (default: no limit)",
      wholeNumber(16, MAX_KIB),
    );
}

/** Nobody else can reach this IP address. */
export function isThisMachineAlone(host: string): boolean {
  return host.startsWith("127.") || host === "::1";
}

export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
