import type { OpenNetwork } from "../../client/account/network.ts";
import type { ServePeerOptions } from "../../client/local-api/serve-peer.ts";
import type { ListenOptions } from "../listening.ts";
import { type CommandContext, openHome } from "../runtime.ts";

type Wishes = Pick<ServePeerOptions, "apiPort" | "maxSpend" | "proxy" | "onReady"> &
  Partial<Pick<ServePeerOptions, "mapPorts" | "remote">>;

/**
 * Runs this home's peer with its API until Ctrl-C, or until the API stops it. The wallet is opened
 * at once, so that no session's end stops it later.
 * @throws as `servePeer`
 */
export async function runLocalPeer(
  context: CommandContext,
  { host, torrentPort, voucherPort, uploadLimit }: ListenOptions,
  wishesOf: (network: OpenNetwork["network"]) => Wishes,
): Promise<void> {
  const { output, signal } = context;
  const [{ unlockOnce }, { openNetwork }] = await Promise.all([
    import("../../client/account/unlock-once.ts"),
    import("../../client/account/network.ts"),
  ]);
  const home = unlockOnce(await openHome(context));
  const opened = await openNetwork(home, signal);
  await home.unlock();
  const [{ servePeer }, { openPeerStore }] = await Promise.all([
    import("../../client/local-api/serve-peer.ts"),
    import("../../client/store/peer-store.ts"),
  ]);
  await servePeer(
    {
      home,
      directory: context.home,
      openStore: () => openPeerStore(context.home),
      need: "serve",
      listen: { host, torrentPort, libp2pPort: voucherPort },
      uploadLimit: uploadLimit === undefined ? null : uploadLimit * 1024,
      log: (message) => output.event("warning", { message }, message),
      signal,
      mapPorts: false,
      remote: null,
      pages: async () => (await import("../pages/peer-page.ts")).readPeerPage(),
      ...wishesOf(opened.network),
    },
    opened,
  );
}
