import { afterEach, expect, test } from "vitest";
import { owed } from "../../../protocol/base/units.ts";
import { PIECE, PIECES, PRICE } from "./network.ts";
import { connect, exchange, grant } from "./pair.ts";
import { stopPeers, TestPeer } from "./test-peer.ts";

const ALL = new Set(Array.from({ length: PIECES }, (_, piece) => piece));
const NOTHING = { day: "2026-01-31", today: 0n, total: 0n, ofContent: () => 0n };

afterEach(async () => {
  expect(await stopPeers()).toEqual([]);
});

test("a download that stands at a cap goes on as soon as the cap is raised", async () => {
  const [payer, payee] = [new TestPeer(11), new TestPeer(12)];
  let total = owed(PIECE, PRICE);
  payer.spending = {
    before: NOTHING,
    today: () => NOTHING.day,
    caps: () => ({ total, perDay: null, ofContent: () => null }),
  };
  await payer.start(new Set());
  await payee.start(ALL);
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 10);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  expect(await exchange(payer, payee, wire, 0)).toBe(1);
  await payee.until(() => payee.hasEarned(total));
  expect(payer.payments.payer.askableBytes(wire.atPayer)).toBeLessThan(PIECE);

  const woken = payer.woken.length;
  total = owed(4 * PIECE, PRICE);
  payer.payments.payer.capsChanged();
  expect(payer.woken.slice(woken)).toEqual([wire.atPayer]);
  expect(await exchange(payer, payee, wire, 1)).toBeGreaterThan(0);
});
