import { join } from "node:path";
import type { Bench } from "./bench.ts";
import { publishFile } from "./publish-file.ts";
import { runTransfer } from "./run-transfer.ts";

/** The two payees that got most do not count for a track record (docs/protocol.md 4.11). */
const PAST_SELLERS = 4;
const PAST_BYTES = 32 * 2 ** 20;
const PAST_PIECE = 64 * 2 ** 10;
/** What a regular has paid lets it owe the most that anybody may: a quarter of the content. */
const PAST_PRICE = 200_000_000n;

/** Each regular buys a file of four sellers, and all of it is settled. */
export async function makeHistory(bench: Bench): Promise<void> {
  const { world, accounts } = bench;
  const file = await publishFile(
    bench,
    { name: "past.bin", sizeBytes: PAST_BYTES, pieceLength: PAST_PIECE },
    PAST_PRICE,
  );
  for (let pair = 0; pair < bench.firstPairs; pair++) {
    const common = { metainfoPath: file.metainfoPath, trackerUrl: "", isTraced: false };
    const homes = await Promise.all(Array.from({ length: PAST_SELLERS }, (_, i) => accounts.seller(i)));
    await runTransfer({
      module: "paid-peer.ts",
      seeds: homes.map((home) => ({ ...common, path: file.path, home, fault: null })),
      download: { ...common, path: join(world.directory, `past-${pair}`), home: await accounts.regular(pair) },
      apiUrl: world.network.apiUrl,
      portFor: async (port) => port,
      execArgv: [],
    });
  }
  const secret = join(world.network.operatorHome, "operator-secret");
  const { apiUrl } = world.network;
  await world.runner.run(["settle", "--close", "--wait", "--authority", apiUrl, "--secret-file", secret]);
}
