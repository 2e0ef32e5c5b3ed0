import { getAddress } from "ethers";
import type { BundleSource } from "../../../audit/bundles/bundle-source.ts";
import type { HeldVoucher } from "../../../audit/bundles/format/held-vouchers.ts";
import { listNamedBundles, type NamedBundle } from "../../../audit/bundles/named-bundles.ts";
import { openChain } from "../../../audit/chain/chain-reader.ts";
import { readHistory } from "../../../audit/chain/read-history.ts";
import type { Rules, TransactionFacts } from "../../../audit/facts/facts.ts";
import { createHands, type DraftBundle, type Hands, HonestAuthority } from "./honest-authority.ts";
import { settleStep } from "./papers.ts";
import { openStage, type Party, PERIOD, type Stage } from "./stage.ts";

const FAR = 4_000_000_000;
const NO_LIMIT = 2n ** 96n - 1n;

/** A history with T's bundles and a payee's vouchers: all that an audit can be given. */
export interface BundledRun {
  readonly rules: Rules;
  readonly facts: readonly TransactionFacts[];
  /** What its batches name, as the chain says. */
  readonly named: readonly NamedBundle[];
  readonly bundles: readonly DraftBundle[];
  readonly held: readonly HeldVoucher[];
  readonly end: { readonly block: number; readonly time: number };
  /** For lies that need a signature. */
  readonly hands: Hands;
}

/** Serves these bytes by name, in small chunks. */
export function sourceOf(files: ReadonlyMap<string, Uint8Array>): BundleSource {
  return {
    async open(name) {
      const bytes = files.get(name);
      return bytes === undefined ? null : inChunks(bytes);
    },
  };
}

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 1_000) yield bytes.subarray(start, start + 1_000);
}

export async function makeBundledRun(): Promise<BundledRun> {
  await using stage = tickSlowly(await openStage());
  const { root } = stage;
  await stage.rpc("evm_setIntervalMining", 0);
  const parties = [await stage.createParty(), await stage.createParty(), await stage.createParty()];
  const [payer, second, payee] = parties as [Party, Party, Party];
  const hands = createHands(stage, payer, second, payee);
  await stage.callToken(root, "mint", root.address, 10n ** 9n);
  await stage.callToken(root, "approve", stage.contract, 10n ** 9n);
  for (const { account } of [payer, second]) await stage.call(root, "depositFor", account, 300_000n);
  await stage.call(root, "depositBond", 50_000n);
  await stage.call(payer.wallet, "authorizeSession", payer.session.address, 250_000n, FAR);
  await stage.call(second.wallet, "authorizeSession", second.session.address, NO_LIMIT, FAR);

  const t = new HonestAuthority(stage, hands);
  await t.issue(payer, payee, 1, 100_000n);
  await t.issue(payer, second, 2, 50_000n);
  await t.issue(second, payee, 1, 70_000n);
  for (const [lane, cap] of [
    [3, 20_000n],
    [4, 5_000n],
    [5, 30_000n],
    [6, 10_000n],
    [7, 10_000n],
    [8, 1_000n],
  ] as const)
    await t.issue(payer, payee, lane, cap);
  await t.receive(payer, payee, 1, 60_000n);
  await t.receive(payer, second, 2, 50_000n);
  await t.receive(second, payee, 1, 70_000n);
  await t.receive(payer, payee, 3, 11_000n);
  await t.receive(payer, payee, 4, 3n);
  await t.receive(payer, payee, 5, 29_000n);
  await t.receive(payer, payee, 6, 9_000n);
  await t.receive(payer, payee, 7, 10_000n);
  await t.receive(payer, payee, 8, 900n);
  await t.claim(payer, payee, 8, 900n);

  // While its first batch is under way, somebody claims what it settles.
  const first = await t.settle(
    [
      ["payer", 1],
      ["payer", 5],
      ["second", 1],
    ],
    { 2: "WAITING", 3: "WAITING", 4: "DUST", 6: "WAITING", 7: "WAITING", 8: "CLAIMED" },
  );
  await t.claim(payer, payee, 5, 29_000n);
  await stage.call(root, ...settleStep(first));

  await stage.call(root, "setAllotter", hands.clerk.address, 10_000n);
  t.allotter = hands.clerk;
  await t.issue(payer, payee, 9, 13_000n);
  await t.receive(payer, payee, 3, 12_000n);
  // A batch that fails leaves its bundle.
  await t.settle([["payer", 2]], { 3: "WAITING", 4: "DUST", 5: "SKIPPED", 6: "SETTLING", 7: "SETTLING" });
  const statements = await t.settleStatement([6, 7], { 2: "WAITING", 3: "WAITING", 4: "DUST", 5: "SKIPPED" });
  await stage.call(root, ...settleStep(statements));
  const last = await t.settle(
    [
      ["payer", 2],
      ["payer", 3],
    ],
    { 4: "DUST", 5: "SKIPPED" },
  );
  await stage.call(root, ...settleStep(last));
  await stage.call(root, "retireAllotter", hands.allotter.address);
  await stage.pass(3 * PERIOD);
  await stage.call(root, "depositFor", second.account, 1n);

  const chain = await openChain(stage.rpcUrl, new AbortController().signal);
  const [contract, token] = [getAddress(stage.contract), getAddress(stage.token)];
  const block = await chain.latestBlock();
  const facts = await readHistory(chain, { contract, token, fromBlock: 0, toBlock: block });
  return {
    rules: { chainId: 31_337n, contract, allotmentPeriod: PERIOD, claimPeriod: PERIOD },
    facts,
    named: await listNamedBundles(chain, { contract, fromBlock: 0, toBlock: block }),
    bundles: t.books.bundles,
    held: t.export(payee),
    end: { block, time: await chain.time(block) },
    hands,
  };
}

/** Each block is a second after the one before, however slow the machine is: no allotment ends meanwhile. */
function tickSlowly(stage: Stage): Stage {
  return {
    ...stage,
    async call(from, ...step) {
      await stage.rpc("evm_setNextBlockTimestamp", (await stage.now()) + 1);
      await stage.call(from, ...step);
    },
  };
}
