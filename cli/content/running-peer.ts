import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LocalClient } from "../../client/local-api/local-client.ts";
import type { CommandContext } from "../runtime.ts";

/** The peer that runs in this home; null when none does, and then nothing of it is loaded. */
export async function findRunningPeer({ home, signal }: CommandContext): Promise<LocalClient | null> {
  if (!existsSync(join(home, "peer.json"))) return null;
  const { findLocalPeer } = await import("../../client/local-api/local-client.ts");
  return findLocalPeer(home, signal);
}
