import { afterEach, describe, expect, test } from "vitest";
import { createAllotters } from "../../../client/payment/allotters.ts";
import { NetworkError } from "../../../protocol/base/errors.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { ALLOTTER, PIECES } from "./network.ts";
import { connect, grant, serve } from "./pair.ts";
import { stopPeers, TestPeer } from "./test-peer.ts";

const NEXT_ALLOTTER = new Uint8Array(32).fill(9);
const ALL = new Set(Array.from({ length: PIECES }, (_, piece) => piece));

afterEach(async () => {
  expect(await stopPeers()).toEqual([]);
});

async function startPair(): Promise<{ payer: TestPeer; payee: TestPeer }> {
  const [payer, payee] = [new TestPeer(11), new TestPeer(12)];
  await payer.start(new Set());
  await payee.start(ALL);
  return { payer, payee };
}

test("a running payee serves on a lane of the key that the authority has changed to", async () => {
  const { payer, payee } = await startPair();
  payee.allotters = [NEXT_ALLOTTER, ALLOTTER];
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 100, { allotter: NEXT_ALLOTTER });
  await payee.until(() => payee.unchoked.has(wire.atPayee));
  expect(serve(payee, wire.atPayee, 0)).toBe("serve");
  expect(payer.lines).toEqual([]);
});

describe("the authority's keys", () => {
  const [first, next]: Address[] = [`0x${"aa".repeat(20)}`, `0x${"bb".repeat(20)}`];
  const follow = (ask: () => Promise<readonly Address[]>) => {
    const time = { ms: 0 };
    return { time, allotters: createAllotters({ known: [first as Address], ask, nowMs: () => time.ms }) };
  };

  test("count as they were while the authority is away", async () => {
    const { allotters } = follow(() => Promise.reject(new NetworkError("AUTHORITY_UNREACHABLE", "away")));
    await allotters.refresh();
    expect([allotters.has(first as Address), allotters.has(next as Address)]).toEqual([true, false]);
  });

  test("no longer count a minute after one was retired", async () => {
    const { allotters, time } = follow(async () => [next as Address]);
    time.ms = 59_999;
    expect(allotters.has(first as Address)).toBe(true);
    time.ms = 60_000;
    allotters.has(first as Address);
    await allotters.refresh();
    expect([allotters.has(first as Address), allotters.has(next as Address)]).toEqual([false, true]);
  });

  test("are asked for again only after a pause", async () => {
    let asked = 0;
    const { allotters, time } = follow(async () => {
      asked++;
      return [first as Address];
    });
    await Promise.all([allotters.refresh(), allotters.refresh()]);
    await allotters.refresh();
    expect(asked).toBe(1);
    time.ms = 10_000;
    await allotters.refresh();
    expect(asked).toBe(2);
  });
});
