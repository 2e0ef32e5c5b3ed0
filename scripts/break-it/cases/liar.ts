import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createPublicClient, http } from "viem";
import { bytesToHex, type Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import { type Batch, buildBatch, type SettleableLane } from "../../../protocol/contract/batch.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import { registerAll } from "../../bench/swarm/accounts.ts";
import type { Arena } from "../../cheats/arena.ts";
import { becomeOperator, hold, type Operator } from "../../cheats/operator.ts";
import type { World } from "../../devnet/world.ts";

/** Someone who sells, as far as a claim needs it: a home with its store. */
export interface Payee {
  readonly home: string;
  readonly account: Address;
}

/**
 * A network of its own whose authority's keys are in wrong hands: its program is gone, and a liar
 * has its keys. The payer signs whatever it is told to.
 */
export interface Liar extends AsyncDisposable {
  readonly world: World;
  readonly operator: Operator;
  readonly payer: { readonly home: string; readonly account: Address };
  payee(name: string, account: Address): Payee;
  /** The allotment and the best voucher of a lane, in the payee's store. `receipt`: its amount. */
  promise(payee: Payee, lane: number, amount: Amount, receipt?: Amount): Promise<SignedAllotment>;
  /** What the payer signed for a lane once, in whatever amount. */
  voucher(payee: Address, lane: number, amount: Amount): Promise<SettleableLane>;
  /** A batch of these vouchers, and a bundle of these papers under the name that it commits to. */
  batch(settled: readonly SettleableLane[], papers: Papers): Promise<Batch>;
  /** The directory of its bundles. */
  readonly bundles: string;
}

/** What a bundle shows. */
interface Papers {
  readonly allotments: readonly SignedAllotment[];
  readonly vouchers: readonly SettleableLane[];
}

/** What each payer pays in, base units. */
export const DEPOSIT: Amount = 5_000_000n;
/** Of the allotter's key, base units. */
export const BUDGET: Amount = 1_000_000n;
const NONE: Hex = `0x${"0".repeat(64)}`;

export async function openLiar(arena: Arena): Promise<Liar> {
  const world = await arena.sideWorld(["--bond", "100", "--bond-budget", "1"]);
  const { network, directory } = world;
  const [payer] = await registerAll(network.apiUrl, directory, ["payer"], DEPOSIT);
  if (!payer) throw new Error("one payer was asked for");
  await network.authority.kill();
  const block = await createPublicClient({ transport: http(network.rpcUrl) }).getBlock();
  const [now, issuedAtBlock] = [Number(block.timestamp), Number(block.number)];
  const operator = await becomeOperator(network, now);
  const bundles = join(directory, "bundles");
  mkdirSync(bundles);
  let previous = NONE;
  return {
    world,
    operator,
    payer,
    bundles,
    payee(name, account) {
      const home = join(directory, name);
      mkdirSync(home, { mode: 0o700 });
      copyFileSync(join(payer.home, "network.json"), join(home, "network.json"));
      return { home, account };
    },
    async promise(payee, lane, amount, receipt) {
      const wish = { payer, payee: payee.account, lane, cap: amount };
      const allotment = await operator.allot(wish);
      const given = receipt === undefined ? null : await operator.acknowledge(wish, receipt);
      await hold(payee.home, allotment, await operator.promise(wish, amount), given);
      return allotment;
    },
    voucher: (payee, lane, amount) => operator.promise({ payer, payee, lane, cap: amount }, amount),
    async batch(settled, papers) {
      const head = { kind: "bundle", version: 1, chainId: 31_337, contract: network.contract, previous };
      const bytes = bundleOf({ ...head, block: issuedAtBlock, time: now }, papers, issuedAtBlock, now);
      previous = `0x${createHash("sha256").update(bytes).digest("hex")}`;
      writeFileSync(join(bundles, `${previous}.jsonl`), bytes);
      return buildBatch({ bundleHash: previous, validUntil: 2 ** 40 - 1 }, settled);
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

/** docs/protocol.md 9: one JSON object a line, its keys in order. */
function bundleOf(head: object, { allotments, vouchers }: Papers, issuedAtBlock: number, now: number): string {
  const lines = [
    head,
    ...allotments.map(({ payer, payee, sessionKey, payeeKey, lane, credit, infoHash, expiresAt, ...rest }) => ({
      ...{ kind: "allotment", payer, payee, sessionKey, payeeKey, lane, cap: String(rest.cap) },
      ...{ pricePerGiB: String(rest.pricePerGiB), credit, infoHash, expiresAt },
      ...{ signature: bytesToHex(rest.signature), issuedAtBlock, issuedAt: now },
    })),
    ...vouchers.map(({ payer, lane, amount, signature }) => ({
      ...{ kind: "voucher", payer, lane, amount: String(amount), signature: bytesToHex(signature), receivedAt: now },
    })),
    { kind: "end", allotments: allotments.length, vouchers: vouchers.length, statements: 0, omitted: 0 },
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}
