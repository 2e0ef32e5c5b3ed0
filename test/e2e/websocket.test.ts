import { afterAll, beforeAll, expect, test } from "vitest";
import { AuthorityClient } from "../../client/authority-client.ts";
import { pollUntil } from "../../client/poll.ts";
import { decodeAnnounceReply, encodeAnnounceUrl } from "../../client/torrent/announce/announce-codec.ts";
import { identityOf } from "../../client/wallet/session.ts";
import { readSession } from "../../client/wallet/session-file.ts";
import { bytesToHex } from "../../protocol/base/bytes.ts";
import { parseAddress } from "../../protocol/base/ids.ts";
import { sign } from "../../protocol/base/secp256k1.ts";
import { hashDomain } from "../../protocol/signed/typed-data.ts";
import { hashAllotmentRequest } from "../../protocol/wire/announce.ts";
import { type SharedWorld, shareWorld } from "../support/world.ts";

const FILE_BYTES = 5_000_000;

let world: SharedWorld;
beforeAll(async () => {
  world = await shareWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

test("an announce over WebSocket brings the allotments of a paid torrent, and none to a stranger", async () => {
  const [seeder, payer] = await Promise.all([world.customer("seeder"), world.customer("payer")]);
  const home = ["--home", seeder.home];
  const path = world.randomFile("paid.bin", FILE_BYTES);
  const { infoHash } = await world.runner.run(["publish", path, "--price", "1.00", ...home]);
  await world.runner.start(["seed", String(infoHash), "--file", path, ...home]).event("ready");

  const info = await new AuthorityClient({ url: world.network.apiUrl }).info();
  const separator = hashDomain({ chainId: info.chainId, contract: parseAddress(info.contract) });
  const session = await readSession(payer.home);
  if (!session) throw new Error("the payer has no session");
  const { account, sessionKey, announceToken, privateKey } = identityOf(session);
  const fieldsAt = (requestedAt: number): Record<string, string> => {
    const request = {
      account,
      sessionKey,
      infoHash: String(infoHash),
      bytesLeft: FILE_BYTES,
      topUp: [],
      met: [],
      requestedAt,
    };
    const signature = bytesToHex(sign(hashAllotmentRequest(separator, request), privateKey)).slice(2);
    return { fg_token: announceToken, fg_port: "4001", fg_at: String(requestedAt), fg_sig: signature };
  };

  // The seeder is ready before its own announce has reached the tracker.
  let requestedAt = info.now;
  const askForLanes = async (): Promise<unknown[]> => {
    const url = encodeAnnounceUrl(info.trackerUrl, {
      infoHash: String(infoHash),
      torrentPeerId: Buffer.from("-TT0001-abcdefghijkl"),
      port: 4000,
      uploaded: 0,
      downloaded: 0,
      left: FILE_BYTES,
      event: "started",
      numwant: 10,
      extra: fieldsAt(requestedAt++),
    });
    const reply = decodeAnnounceReply(await (await fetch(url)).bytes());
    if (reply?.type !== "peers" || reply.grant === null) throw new Error(`no grant: ${JSON.stringify(reply)}`);
    return JSON.parse(reply.grant).lanes;
  };
  const lanes = await pollUntil({
    read: askForLanes,
    isDone: ({ length }) => length > 0,
    signal: new AbortController().signal,
    pending: "the seeder did not come",
  });

  const announce = {
    action: "announce",
    event: "started",
    info_hash: Buffer.from(String(infoHash), "hex").toString("latin1"),
    peer_id: "-TT0001-mnopqrstuvwx",
    left: FILE_BYTES,
    numwant: 10,
    offers: [],
  };
  const admitted = await talk({ ...announce, ...fieldsAt(info.now + 50) });
  const grant = JSON.parse(String(admitted.floodgate));
  expect(grant).toMatchObject({ account, shortage: null });
  expect(grant.lanes).toEqual(lanes);
  expect(grant.lanes).toEqual([
    expect.objectContaining({
      allotment: expect.objectContaining({ payer: account, payee: seeder.account, infoHash }),
    }),
  ]);
  expect(await talk(announce)).toMatchObject({ "failure reason": expect.stringContaining("paid torrent") });
});

async function talk(message: object): Promise<Record<string, unknown>> {
  const { origin } = new URL((await new AuthorityClient({ url: world.network.apiUrl }).info()).trackerUrl);
  const socket = new WebSocket(origin.replace("http", "ws"));
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
  socket.onopen = () => socket.send(JSON.stringify(message));
  socket.onmessage = (event) => resolve(JSON.parse(String(event.data)));
  socket.onclose = (event) => reject(new Error(`closed with ${event.code}`));
  return promise.finally(() => socket.close());
}
