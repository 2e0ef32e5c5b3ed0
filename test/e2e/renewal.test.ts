import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openAccount } from "../../client/account/account.ts";
import type { AccountHome } from "../../client/account/home.ts";
import { keepAccountLive } from "../../client/account/live-account.ts";
import { openNodeHome } from "../../client/account/node-home.ts";
import { createPeer } from "../../client/peer.ts";
import { openPeerStore } from "../../client/store/peer-store.ts";
import { owed } from "../../protocol/base/units.ts";
import type { Line } from "../../scripts/devnet/command.ts";
import { sha256Of } from "../../scripts/devnet/file-hash.ts";
import { startWorld, type World } from "../../scripts/devnet/world.ts";
import { TestRunner } from "../support/world.ts";

const FILE_BYTES = 24 * 1024 * 1024;
const PRICE = 1_000_000n;
/** Bytes a second: the authority goes and comes back while the file is on its way. */
const UPLOAD_LIMIT = 2 * 1024 * 1024;

let world: World;
let passphrase: string | undefined;
beforeAll(async () => {
  world = await startWorld([], [], (environment) => {
    passphrase = environment.FLOODGATE_PASSPHRASE;
    return new TestRunner(environment);
  });
});
afterAll(() => world[Symbol.asyncDispose]());

/** The seeder's account, whose timer the test fires. */
async function openLive(home: AccountHome) {
  const { signal } = new AbortController();
  const away = Promise.withResolvers<Error>();
  const renewed = Promise.withResolvers<void>();
  const failures: unknown[] = [];
  let renewNow: () => void = () => undefined;
  const live = keepAccountLive(await openAccount(home, "serve", signal), {
    need: "serve",
    signal,
    async open(need) {
      const account = await openAccount(home, need, signal);
      renewed.resolve();
      return account;
    },
    setTimer(run) {
      renewNow = run;
      return () => undefined;
    },
    onProblem: away.resolve,
    onFailed: (error) => failures.push(error),
  });
  return { live, failures, away: away.promise, renewed: renewed.promise, renewNow: () => renewNow() };
}

/** webtorrent hashes pieces with SHA-1, and nothing else here does. */
function watchHashes(): () => number {
  const createHash = vi.spyOn(crypto, "createHash");
  syncBuiltinESMExports();
  return () => createHash.mock.calls.filter(([algorithm]) => algorithm === "sha1").length;
}

test("a seeder whose renewal meets an absent authority goes on, and renews when it is back", async () => {
  const [seeder, leecher] = await Promise.all([world.customer("seeder"), world.customer("leecher")]);
  const path = world.randomFile("film.bin", FILE_BYTES);
  const published = await world.runner.run(["publish", path, "--price", "1.00", "--home", seeder.home]);
  const infoHash = String(published.infoHash);

  const home = openNodeHome(seeder.home, { file: undefined, environment: passphrase, prompt: null });
  const { live, failures, away, renewed, renewNow } = await openLive(home);
  const first = live.identity.accessToken;
  const store = openPeerStore(seeder.home);
  const countHashed = watchHashes();
  const peer = await createPeer({
    identity: live.identity,
    network: live.network,
    store,
    authority: live.client,
    listen: { host: "127.0.0.1", torrentPort: 0, libp2pPort: 0 },
    uploadLimit: UPLOAD_LIMIT,
    log: () => undefined,
    onFatal: (error) => failures.push(error),
  });
  const metainfo = await live.client.metainfo(infoHash);
  await peer.seed({ metainfo, infoHash, pricePerGiB: PRICE, path, onEvent: () => undefined });
  const hashed = countHashed();
  expect(hashed).toBeGreaterThan(0);

  const peers: number[] = [];
  const watch = (line: Line): void => {
    const bytesDone = Number(line.bytesDone);
    if (line.event === "progress" && bytesDone > 0 && bytesDone < FILE_BYTES) peers.push(Number(line.peers));
  };
  const get = world.runner.start(
    ["get", infoHash, "--out", join(leecher.home, "downloads"), "--home", leecher.home],
    watch,
  );
  const done = get.event("done");
  await get.line(has(FILE_BYTES / 6));
  await world.network.authority.kill();
  // The session has come near its end.
  const session = await home.session.read();
  if (session === null) throw new Error("the seeder has no session");
  await home.session.write({ ...session, accessExpiresAt: 0 });
  renewNow();
  expect(await away).toMatchObject({ code: "AUTHORITY_UNREACHABLE" });
  const earnedBefore = peer.totals().earned;
  await get.line(has(FILE_BYTES / 3));
  expect(peer.totals().earned).toBeGreaterThan(earnedBefore);

  await world.network.restartAuthority();
  renewNow();
  await renewed;
  await new Promise((resolve) => setImmediate(resolve));
  expect(live.identity.accessToken).not.toBe(first);
  const { path: downloaded } = await done;
  await get.exited();
  expect(await sha256Of(String(downloaded))).toBe(await sha256Of(path));
  // One wire for all of it, nothing was hashed again, and all debts were paid.
  expect(new Set(peers)).toEqual(new Set([1]));
  expect(countHashed()).toBe(hashed);
  expect(peer.totals().earned).toBe(owed(FILE_BYTES, PRICE));
  expect(failures).toEqual([]);
  live.stop();
  await peer.stop(10_000);
  store.close();
});

const has =
  (bytes: number) =>
  ({ event, bytesDone }: Line): boolean =>
    event === "progress" && Number(bytesDone) > bytes;
