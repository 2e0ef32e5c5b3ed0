import { expect, test } from "vitest";
import type { VoucherStream } from "../../../client/payment/voucher-node.ts";
import type { Message } from "../../../protocol/wire/voucher-stream.ts";
import type { Person } from "../../../scripts/cheats/arena.ts";
import { Deal } from "../../../scripts/cheats/deal.ts";
import { keyOf } from "../../../scripts/tamper/play/people.ts";

const PAYEE = keyOf("payee");
const LANE = 7;

/** A deal with one lane and an open stream, and what the payee says on it. */
function openDeal() {
  const session = keyOf("session");
  const payer = keyOf("payer").address;
  const identity = { privateKey: session.secret };
  const deal = new Deal(PAYEE.address, {
    account: payer,
    identity,
    network: { separator: new Uint8Array(32) },
  } as unknown as Person);
  const allotment = { payer, payee: PAYEE.address, lane: LANE, cap: 1_000n, credit: 0 };
  deal.granted({ allotment } as unknown as Parameters<Deal["granted"]>[0]);
  const payee = deal.opened({ send: () => undefined } as unknown as VoucherStream);
  const say = (type: "accept" | "ack" | "closed", amount = 0n) =>
    payee.message({ type, lane: LANE, amount, windowBytes: 0 } as Message);
  let isAnswered = false;
  return {
    deal,
    say,
    hangUp: () => payee.closed(null),
    rest: () => {
      void deal.answered().then(() => {
        isAnswered = true;
      });
    },
    isAnswered: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return isAnswered;
    },
  };
}

test("a voucher whose lane was closed meanwhile is waited for, and counts as paid", async () => {
  const { deal, say, rest, isAnswered } = openDeal();
  say("accept");
  deal.payUpTo(500n);
  rest();
  say("closed");
  expect(await isAnswered()).toBe(false);

  say("ack", 500n);
  expect(await isAnswered()).toBe(true);
  expect(deal.stored).toBe(500n);
});

test("a voucher that came too late for its lane is not waited for any longer", async () => {
  const { deal, say, rest, isAnswered } = openDeal();
  say("accept");
  say("closed");
  deal.payUpTo(500n);
  rest();
  expect(await isAnswered()).toBe(false);

  say("closed");
  expect(await isAnswered()).toBe(true);
  expect(deal.stored).toBe(0n);
});

test("nothing is waited for on a stream that is over", async () => {
  const { deal, say, rest, isAnswered, hangUp } = openDeal();
  say("accept");
  deal.payUpTo(500n);
  rest();
  hangUp();
  expect(await isAnswered()).toBe(true);
});
