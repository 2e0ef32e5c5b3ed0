import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { answerAnnounces } from "../../../authority/allotments/answer-announce.ts";
import { reservationOf, sumReserved } from "../../../authority/allotments/reservations.ts";
import { findLane, setLane } from "../../../authority/store/tables/lanes.ts";
import { listReservedLanes } from "../../../authority/store/tables/reserved-lanes.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { ChainError } from "../../../protocol/base/errors.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf, recoverSigner, sign } from "../../../protocol/base/secp256k1.ts";
import { owed } from "../../../protocol/base/units.ts";
import type { TrackerAnnounce, TrackerAnswer, TrackerGrant } from "../../../protocol/http/operator.ts";
import { hashAllotment } from "../../../protocol/signed/allotment.ts";
import { allotmentFromJson } from "../../../protocol/signed/allotment-json.ts";
import { hashAllotmentRequest } from "../../../protocol/wire/announce.ts";
import { ALLOTTER, accountOf, PIECE, PRICE, TestAuthority, type TestSession } from "../support/context.ts";
import { START } from "../support/fake-chain.ts";
import { CONTENT, SIZE } from "../support/plan.ts";

const PAYER = accountOf(1);
const ALL = { expiresAfter: 0, block: 0 };

let authority: TestAuthority;
let payer: TestSession;
let payees: TestSession[];
beforeEach(async () => {
  authority = await new TestAuthority().start();
  await authority.publish(CONTENT);
  payer = await authority.session(PAYER, 11);
  payees = await Promise.all([21, 22, 23, 24].map((device) => authority.session(accountOf(device), device)));
  authority.chain.fund(PAYER, 5_000_000n);
  authority.chain.authorize(PAYER, payer.sessionKey);
});
afterEach(() => authority.stop());

interface Change {
  readonly infoHash?: string;
  readonly event?: TrackerAnnounce["event"];
  readonly bytesLeft?: number;
  readonly topUp?: readonly number[];
  readonly met?: readonly Address[];
  readonly requestedAt?: number;
  readonly isSigned?: boolean;
  readonly signer?: Uint8Array;
}

function announceOf(session: TestSession, change: Change = {}): TrackerAnnounce {
  const { infoHash = CONTENT, bytesLeft = SIZE, topUp = [], met = [], requestedAt = authority.now } = change;
  const { account, sessionKey } = session;
  const request = { account, sessionKey, infoHash, bytesLeft, topUp, met, requestedAt };
  const digest = hashAllotmentRequest(authority.context.separator, request);
  const signature = bytesToHex(sign(digest, change.signer ?? session.privateKey));
  return {
    infoHash,
    event: change.event ?? "started",
    bytesLeft,
    session: { account, sessionKey },
    request: change.isSigned === false ? null : { requestedAt, topUp: [...topUp], met: [...met], signature },
    payees: payees.map((payee) => payee.sessionKey),
  };
}

async function answer(...announces: TrackerAnnounce[]): Promise<TrackerAnswer[]> {
  return (await answerAnnounces(authority.context, announces)).answers;
}

function grantIn(answered: TrackerAnswer | undefined): TrackerGrant {
  if (!answered?.isKnown || !answered.grant) throw new Error(`no grant: ${JSON.stringify(answered)}`);
  return answered.grant;
}

async function grantOf(session: TestSession, change: Change = {}): Promise<TrackerGrant> {
  return grantIn((await answer(announceOf(session, change)))[0]);
}

const capsOf = (grant: TrackerGrant): bigint =>
  grant.lanes.reduce((sum, { allotment }) => sum + BigInt(allotment.cap), 0n);

describe("an announce", () => {
  test("grants a signed lane to each payee", async () => {
    const grant = await grantOf(payer);
    expect(grant.shortage).toBe(null);
    expect(grant.lanes.length).toBe(4);
    for (const [i, { allotment, payeePublicKey }] of grant.lanes.entries()) {
      const signed = allotmentFromJson(allotment);
      const signer = recoverSigner(hashAllotment(authority.context.separator, signed), signed.signature);
      expect(signer).toBe(addressOfKey(publicKeyOf(ALLOTTER)));
      expect(signed).toMatchObject({ payer: PAYER, lane: i + 1, cap: 19_073n, pricePerGiB: PRICE });
      expect(signed.expiresAt).toBe(authority.chain.confirmed.timestamp + 120);
      const payee = payees.find(({ sessionKey }) => sessionKey === signed.payeeKey);
      expect(payeePublicKey).toBe(payee?.publicKey);
    }
  });

  test.each([SIZE + 1, Number.MAX_SAFE_INTEGER])(
    "that misses more than there is (%i bytes) gets no lanes, costs nobody else theirs, and ends nothing",
    async (bytesLeft) => {
      const other = await authority.session(accountOf(2), 12);
      authority.chain.fund(other.account, 5_000_000n);
      authority.chain.authorize(other.account, other.sessionKey);
      expect((await grantOf(payer, { bytesLeft })).lanes).toEqual([]);
      authority.now += 1;
      const [odd, good] = await answer(announceOf(payer, { bytesLeft }), announceOf(other));
      expect([grantIn(odd).lanes, grantIn(good).lanes.length]).toEqual([[], 4]);
    },
  );

  test("again reserves nothing anew; with half of a lane used it brings one successor, once", async () => {
    const first = await grantOf(payer);
    authority.now += 1;
    const again = await grantOf(payer);
    expect(again.lanes).toEqual(first.lanes);
    authority.now += 1;
    const lane = first.lanes[0]?.allotment.lane as number;
    const more = await grantOf(payer, { topUp: [lane] });
    expect(more.lanes.length).toBe(5);
    expect(BigInt(more.lanes.at(-1)?.allotment.cap ?? 0)).toBe(76_295n);
    authority.now += 1;
    expect((await grantOf(payer, { topUp: [lane] })).lanes).toEqual(more.lanes);
  });

  test("grants lanes to the payees that the payer has met, best first, though the tracker names none", async () => {
    const met = [3, 1].map((index) => (payees[index] as TestSession).sessionKey);
    await answer({ ...announceOf(payer, { met: [...met, accountOf(99)] }), payees: [] });
    authority.now += 1;
    const { lanes } = await grantOf(payer);
    expect(lanes.slice(0, 2).map(({ allotment }) => allotment.payeeKey)).toEqual(met);
  });

  test("brings one more lane to a payee that has closed the last one, while there is something to buy", async () => {
    const first = await grantOf(payer);
    const { lane, payeeKey } = first.lanes[0]?.allotment ?? { lane: 0, payeeKey: "" };
    const { db } = authority.context.store;
    const row = await findLane(db, PAYER, lane);
    if (!row) throw new Error("no lane");
    await setLane(db, row, { isFinal: 1 });
    const lanesOf = (grant: TrackerGrant): number[] =>
      grant.lanes.filter(({ allotment }) => allotment.payeeKey === payeeKey).map(({ allotment }) => allotment.lane);

    authority.now += 1;
    expect(lanesOf(await grantOf(payer, { bytesLeft: 0 }))).toEqual([]);
    authority.now += 1;
    expect(lanesOf(await grantOf(payer))).toEqual([5]);
    authority.now += 1;
    expect(lanesOf(await grantOf(payer))).toEqual([5]);
  });

  test.each([
    ["without a signature", { isSigned: false }],
    ["with another key's signature", { signer: new Uint8Array(32).fill(99) }],
    ["signed too long ago", { requestedAt: START - 61 }],
    ["signed for later", { requestedAt: START + 61 }],
  ])("%s allots nothing", async (_name, change) => {
    expect((await grantOf(payer, change)).lanes).toEqual([]);
  });

  test("that is repeated by someone else allots nothing", async () => {
    const announce = announceOf(payer);
    await answer(announce);
    const lanes = await listReservedLanes(authority.context.store.db, PAYER, ALL);
    expect(await answer(announce)).toMatchObject([{ grant: { shortage: "RATE" } }]);
    expect(await listReservedLanes(authority.context.store.db, PAYER, ALL)).toEqual(lanes);
  });

  test("of a peer that leaves, of a stranger, and on free content gets no grant", async () => {
    const FREE = "ef".repeat(20);
    await authority.publish(FREE, 0n);
    const [leaving, stranger, free] = await answer(
      announceOf(payer, { event: "stopped" }),
      { ...announceOf(payer), session: null },
      announceOf(payer, { infoHash: FREE }),
    );
    expect(leaving).toEqual({ isKnown: true, isPaid: true, sizeBytes: SIZE, grant: null });
    expect(stranger).toEqual(leaving);
    expect(free).toMatchObject({ isKnown: true, isPaid: false, grant: null });
  });

  test("of an unknown torrent is told from others in the same question, in their order", async () => {
    const unknown = announceOf(payer, { infoHash: "cd".repeat(20) });
    const answers = await answer(unknown, announceOf(payer), unknown);
    expect(answers.map(({ isKnown }) => isKnown)).toEqual([false, true, false]);
    expect(grantIn(answers[1]).lanes.length).toBe(4);
  });

  test("without the chain brings the lanes that there are, and may be repeated", async () => {
    const { lanes } = await grantOf(payer);
    const { readAccount } = authority.chain;
    authority.chain.readAccount = () => Promise.reject(new ChainError("RPC_UNAVAILABLE", "the node is away"));
    authority.now += 1;
    const more = { topUp: [lanes[0]?.allotment.lane as number] };
    expect(await grantOf(payer, more)).toEqual({ lanes, shortage: "RATE" });
    authority.chain.readAccount = readAccount;
    expect((await grantOf(payer, more)).lanes.length).toBe(5);
  });

  test("that breaks a rule costs the others in its question nothing", async () => {
    const other = await authority.session(accountOf(2), 12);
    authority.chain.fund(accountOf(2), 5_000_000n);
    authority.chain.authorize(accountOf(2), other.sessionKey);
    const { readAccount } = authority.chain;
    const broken = async (account: Address) => (account === PAYER ? (null as never) : readAccount(account));
    authority.chain.readAccount = broken;
    const [first, second] = await answer(announceOf(payer), announceOf(other));
    expect(first).toMatchObject({ isKnown: true, grant: null });
    expect(grantIn(second).lanes.length).toBe(4);
  });
});

describe("reservations", () => {
  const CONTENTS = Array.from({ length: 6 }, (_, i) => (i + 16).toString(16).repeat(20));

  async function storm(sessions: readonly TestSession[]): Promise<bigint> {
    for (const infoHash of CONTENTS) await authority.publish(infoHash);
    await Promise.all(sessions.flatMap((session) => CONTENTS.map((infoHash) => grantOf(session, { infoHash }))));
    const lanes = await listReservedLanes(authority.context.store.db, PAYER, ALL);
    expect(new Set(lanes.map(({ lane }) => lane)).size).toBe(lanes.length);
    return lanes.reduce((sum, { cap }) => sum + BigInt(cap), 0n);
  }

  test("of concurrent announces never add up to more than the deposit", async () => {
    const deposit = 20_000n;
    authority.chain.fund(PAYER, deposit);
    const sessions = await Promise.all([31, 32, 33].map((device) => authority.session(PAYER, device)));
    for (const { sessionKey } of sessions) authority.chain.authorize(PAYER, sessionKey);
    const reserved = await storm(sessions);
    expect(reserved).toBeLessThanOrEqual(deposit);
    // The deposit is really the limit here: without it the same announces take more.
    expect(reserved).toBeGreaterThan(deposit / 2n);
  });

  test("of concurrent announces never add up to more than the session's limit", async () => {
    authority.chain.authorize(PAYER, payer.sessionKey, 9_000n);
    const reserved = await storm([payer]);
    expect(reserved).toBeLessThanOrEqual(9_000n);
    expect(reserved).toBeGreaterThan(4_500n);
  });

  test("stay until the claim window has closed, and a payment after the confirmed block frees nothing", async () => {
    const deposit = owed(16 * PIECE, PRICE) * 4n;
    authority.chain.fund(PAYER, deposit);
    const { lanes } = await grantOf(payer);
    const [first] = lanes;
    const row = await findLane(authority.context.store.db, PAYER, first?.allotment.lane ?? 0);
    if (!row) throw new Error("no lane");
    const { confirmed } = authority.chain;
    await setLane(authority.context.store.db, row, {
      paid: row.cap,
      state: "settled",
      paidAtBlock: confirmed.number + 1,
    });
    const reservedAt = async (number: number, timestamp: number) => {
      const stored = await listReservedLanes(authority.context.store.db, PAYER, ALL);
      return sumReserved(stored.map(reservationOf), { number, timestamp }, 120);
    };
    const total = capsOf({ lanes } as TrackerGrant);
    expect(await reservedAt(confirmed.number, confirmed.timestamp)).toBe(total);
    expect(await reservedAt(confirmed.number + 1, confirmed.timestamp + 1)).toBe(total - BigInt(row.cap));
    expect(await reservedAt(confirmed.number + 1, row.expiresAt + 119)).toBe(total - BigInt(row.cap));
    expect(await reservedAt(confirmed.number + 1, row.expiresAt + 120)).toBe(0n);
  });
});
