import { randomBytes } from "node:crypto";
import bencode from "bencode";
import { AuthorityClient } from "../../../client/authority-client.ts";
import { signAllotmentRequest } from "../../../client/payment/payer/allotment-request.ts";
import { identityOf } from "../../../client/wallet/session.ts";
import { readSession } from "../../../client/wallet/session-file.ts";
import { parseAddress } from "../../../protocol/base/ids.ts";
import { parseMetainfo } from "../../../protocol/bittorrent/metainfo.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";
import { ANNOUNCE_KEYS } from "../../../protocol/wire/announce.ts";
import { startWorld } from "../../devnet/world.ts";
import { registerAll } from "../swarm/accounts.ts";
import { announceAll, measure, type Rate } from "./load.ts";
import { cpuSecondsOf, type Target } from "./processes.ts";
import { queryOf } from "./swarms.ts";

export interface PaidScale {
  readonly payers: number;
  readonly payees: number;
  readonly contents: number;
  readonly seconds: number;
  readonly rounds: number;
}

export interface PaidFigures {
  /** Announces with new lanes for all payees, each of a session and content of its own. */
  readonly issuing: Rate;
  readonly lanesPerIssue: number;
  readonly tokenOnly: readonly Rate[];
  /** Signed, and nothing new. */
  readonly signed: readonly Rate[];
}

const PIECE = 64 * 1024;
const PIECES = 1_500;
const SIZE = PIECE * PIECES;
/** Base units. */
const DEPOSIT = 1_000_000_000n;
const UNLIMITED = "1000000";
const CONNECTIONS = 32;

/** Real authority, chain and tracker, with customers that only announce. */
export async function measurePaid(scale: PaidScale): Promise<PaidFigures> {
  await using world = await startWorld([], ["--requests-per-minute", UNLIMITED]);
  const { apiUrl, operatorHome } = world.network;
  const start = ["tracker", "start", "--authority", apiUrl, "--port", "0", "--home", operatorHome];
  const tracker = world.runner.start([...start, "--announces-per-minute", UNLIMITED]);
  const { url } = await tracker.event("ready");
  const target: Target = {
    url: String(url),
    udpPort: 0,
    cpuSeconds: () => cpuSecondsOf(tracker.pid),
    stop: async () => undefined,
  };
  const names = (kind: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${kind}-${i}`);
  const payees = await registerAll(apiUrl, world.directory, names("payee", scale.payees), DEPOSIT);
  const payers = await registerAll(apiUrl, world.directory, names("payer", scale.payers), DEPOSIT);
  const info = await new AuthorityClient({ url: apiUrl }).info();
  const infoHashes: string[] = [];
  for (let i = 0; i < scale.contents; i++) {
    const metainfo = metainfoOf(`content ${i}`, info.trackerUrl);
    const publisher = payees[0]?.authority as AuthorityClient;
    const query = { title: `content ${i}`, pricePerGiB: "10000" };
    await publisher.publish(metainfo, query);
    infoHashes.push(parseMetainfo(metainfo).infoHash);
  }
  const identities = async (accounts: typeof payers) =>
    Promise.all(accounts.map(async ({ home }) => identityOf((await readSession(home)) ?? fail())));
  const [sellers, buyers] = [await identities(payees), await identities(payers)];
  const seeding = sellers.flatMap(({ announceToken }, i) =>
    infoHashes.map((infoHash) =>
      queryOf(infoHash, 50_000 + i, {
        left: 0,
        extra: fieldsOf({ fg_token: announceToken, fg_port: String(3_000 + i) }),
      }),
    ),
  );
  await announceAll(target.url, seeding, CONNECTIONS);

  // Registering has taken a while.
  const { now } = await new AuthorityClient({ url: apiUrl }).info();
  const separator = hashDomain({ chainId: info.chainId, contract: parseAddress(info.contract) });
  // A third of the payers buys each content: a swarm fits into one reply, so each meets all payees.
  const pairs = infoHashes.flatMap((infoHash, content) =>
    buyers.flatMap((buyer, peer) => ((content + peer) % 3 === 0 ? [{ infoHash, buyer, peer }] : [])),
  );
  const tokens = pairs.map(({ infoHash, buyer, peer }) =>
    queryOf(infoHash, peer, { left: SIZE, extra: fieldsOf({ fg_token: buyer.announceToken }) }),
  );
  const requests = pairs.map(({ infoHash, buyer: { account, sessionKey, privateKey, announceToken }, peer }) => {
    const request = { account, sessionKey, infoHash, bytesLeft: SIZE, topUp: [], met: [], requestedAt: now };
    const signed = signAllotmentRequest(separator, request, privateKey);
    const fields = { fg_token: announceToken, ...signed };
    return queryOf(infoHash, peer, { left: SIZE, extra: fieldsOf(fields) });
  });
  const before = cpuSecondsOf(world.network.authority.pid);
  const issued = await announceAll(target.url, requests, CONNECTIONS);
  const lanes = issued.replies.reduce((sum, reply) => sum + reply.toString("latin1").split('"lane":').length - 1, 0);
  const issuing = {
    perSecond: requests.length / issued.seconds,
    perCpuSecond: requests.length / (cpuSecondsOf(world.network.authority.pid) - before),
  };
  const load = { connections: CONNECTIONS, seconds: scale.seconds, isClosing: false };
  const [tokenOnly, signed]: [Rate[], Rate[]] = [[], []];
  for (let round = 0; round < scale.rounds; round++) {
    tokenOnly.push(await measure(target, { ...load, queries: tokens }));
    signed.push(await measure(target, { ...load, queries: requests }));
  }
  return { issuing, lanesPerIssue: lanes / requests.length, tokenOnly, signed };
}

/** A torrent whose content nobody needs. */
function metainfoOf(name: string, announce: string): Uint8Array {
  const pieces = randomBytes(20 * PIECES);
  return bencode.encode({ announce, info: { length: SIZE, name, "piece length": PIECE, pieces, private: 1 } });
}

function fieldsOf(fields: Readonly<Record<string, string>>): string {
  const known = new Set<string>(Object.values(ANNOUNCE_KEYS));
  return Object.entries(fields)
    .filter(([key]) => known.has(key))
    .map(([key, value]) => `&${key}=${encodeURIComponent(value)}`)
    .join("");
}

function fail(): never {
  throw new Error("a customer has no session");
}
