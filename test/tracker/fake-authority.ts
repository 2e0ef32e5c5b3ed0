import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { createAnnounceToken } from "../../authority/announce-token.ts";
import { hexToBytes } from "../../protocol/base/bytes.ts";
import type { Address, PublicKey } from "../../protocol/base/ids.ts";
import type { TrackerAnnounce, TrackerAnswer, TrackerGrant } from "../../protocol/http/operator.ts";

export const SECRET = "s3cret-of-the-operator";
/** Seconds since 1970, on the fake authority's clock. */
export const NOW = 1_000;

export interface Member {
  readonly account: Address;
  readonly sessionKey: Address;
  readonly publicKey: PublicKey;
  readonly token: string;
}

/** A session of the fake authority; `name`: two hex digits. */
export function memberOf(name: string, account = name, expiresAt = NOW + 3_600): Member {
  const grant = {
    account: `0x${account.repeat(20)}`,
    sessionKey: `0x${name.repeat(20)}`,
    publicKey: `0x02${name.repeat(32)}`,
    expiresAt,
  } as const;
  return { ...grant, token: createAnnounceToken(grant, SECRET) };
}

/** A lane as the authority grants it. Only the tracker reads it. */
export function laneOf(payer: Member, payee: Member, lane: number, infoHash: string): TrackerGrant["lanes"][number] {
  const allotment = {
    payer: payer.account,
    payee: payee.account,
    sessionKey: payer.sessionKey,
    payeeKey: payee.sessionKey,
    lane,
    cap: "100",
    pricePerGiB: "1",
    credit: 1,
    infoHash,
    expiresAt: NOW + 120,
    signature: `0x${"ab".repeat(64)}`,
  };
  return { allotment, payeePublicKey: payee.publicKey };
}

export interface FakeAuthority {
  readonly url: string;
  /** In the order in which they came. */
  readonly asked: TrackerAnnounce[];
  /** Announces in each question. */
  readonly batches: number[];
  /** Whether it answers; questions wait meanwhile. */
  hang(isHanging: boolean): void;
  stop(): Promise<void>;
}

/** The authority's one route that the tracker calls, over a real socket. `answer` decides. */
export async function startFakeAuthority(answer: (announce: TrackerAnnounce) => TrackerAnswer): Promise<FakeAuthority> {
  const asked: TrackerAnnounce[] = [];
  const batches: number[] = [];
  let wait = Promise.resolve();
  let go = (): void => undefined;
  const server = createServer(async (request, response) => {
    if (request.headers.authorization !== `Bearer ${SECRET}`) {
      response.writeHead(401).end();
      return;
    }
    const { announces } = (await json(request)) as { announces: TrackerAnnounce[] };
    asked.push(...announces);
    batches.push(announces.length);
    await wait;
    const body = JSON.stringify({ now: NOW, answers: announces.map(answer) });
    response.setHeader("content-type", "application/json").end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    batches,
    hang(isHanging) {
      if (isHanging) ({ promise: wait, resolve: go } = Promise.withResolvers<void>());
      else go();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An announce token with another MAC. */
export function forge(token: string): string {
  const bytes = Buffer.from(token, "base64url");
  bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
  return bytes.toString("base64url");
}

export const ownerOf = ({ account, sessionKey, publicKey }: Member): Uint8Array =>
  Buffer.concat([hexToBytes(account), hexToBytes(sessionKey), hexToBytes(publicKey)]);
