import { spawn } from "node:child_process";
import type { Command } from "commander";
import {
  addPeerCommand,
  openPeer,
  type PeerContext,
  type PeerOptions,
  peerContextOf,
} from "../../content/open-peer.ts";
import type { Runtime } from "../../runtime.ts";

interface PageOptions extends PeerOptions {
  readonly open?: boolean;
}

export function addPageCommand(peer: Command, runtime: Runtime): void {
  addPeerCommand(peer, "ui", "print the address of the running peer's page, which logs a browser in once", [
    "peer ui",
    "peer ui --open",
  ])
    .option("--open", "open it in the browser of this machine")
    .action((options: PageOptions) => showPage(peerContextOf(runtime, options), options.open ?? false));
}

/** @throws {NetworkError} PEER_ABSENT */
async function showPage(context: PeerContext, isOpened: boolean): Promise<void> {
  const { client } = await openPeer(context);
  const url = await client.pageAddress();
  if (isOpened) openInBrowser(url, (message) => context.output.event("warning", { message }, message));
  context.output.event("done", { url }, `${url}\nopen it within two minutes: it logs one browser in, once`);
}

/**
 * The address would be seen by whoever lists this machine's processes. The code in it is good once,
 * and the browser uses it at once.
 */
function openInBrowser(url: string, warn: (line: string) => void): void {
  const [program, ...args] = { darwin: ["open"], win32: ["explorer.exe"] }[process.platform as string] ?? ["xdg-open"];
  const child = spawn(program as string, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => warn(`${program} is not here: open the address yourself`));
  child.unref();
}
