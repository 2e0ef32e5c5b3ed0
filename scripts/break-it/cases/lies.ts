import { join } from "node:path";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import { claimCall, settleCall } from "../../cheats/operator.ts";
import { breakCase, type Ground } from "../case.ts";
import { judgeBundle, judgeLow, judgeOverAllotment } from "../judge-authority.ts";
import { withAudit } from "../verdict.ts";
import { auditAll, CLEAN, claimAll } from "./acts.ts";
import { BUDGET, DEPOSIT, type Liar, openLiar } from "./liar.ts";

/** What an authority can do with its own keys, each on a network of its own. */

const PAYEE: Address = `0x${"b0".repeat(20)}`;
const ACCOMPLICE: Address = `0x${"ac".repeat(20)}`;

async function opened({ arena, say }: Ground): Promise<Liar> {
  say("A second network starts, with a bond of 100, and a budget of 1 for the authority's key.");
  const liar = await openLiar(arena);
  say("Its authority is gone, and its keys are in the hands of a liar.");
  return liar;
}

const bundlesOf = (liar: Liar): readonly string[] => ["--bundles", liar.bundles];

/** The payee's papers, as it would hand them to an auditor. */
async function papersOf({ world }: Liar, home: string): Promise<readonly string[]> {
  const out = join(world.directory, "vouchers.jsonl");
  await world.runner.run(["vouchers", "export", "--out", out, "--home", home]);
  return ["--vouchers", out];
}

async function claimFacts(liar: Liar, home: string, before: Amount) {
  const claim = await claimAll(liar, home);
  return { ...claim, payerPaid: before - (await liar.world.devnet.balanceOf(liar.payer.account)) };
}

export const settleLow = breakCase({
  id: "settle-low",
  isAudited: true,
  title: "Settle low",
  deed: "The authority has acknowledged a voucher of 1.00, and settles an older one of 0.40 in its place.",
  async act(ground) {
    await using liar = await opened(ground);
    const payee = liar.payee("payee", PAYEE);
    const allotment = await liar.promise(payee, 1, 1_000_000n, 1_000_000n);
    const old = await liar.voucher(PAYEE, 1, 400_000n);
    const batch = await liar.batch([old], { allotments: [allotment], vouchers: [old] });
    ground.say("The batch with the old voucher is on the chain.");
    await liar.operator.call(settleCall(batch));
    const papers = await papersOf(liar, payee.home);
    ground.say("The payee hands its receipt to an auditor, and claims the difference.");
    const { finding } = await auditAll(liar, ...bundlesOf(liar), ...papers);
    return { ...(await claimFacts(liar, payee.home, DEPOSIT)), finding };
  },
  judge: judgeLow,
});

export const replayVoucher = breakCase({
  id: "replay-voucher",
  isAudited: true,
  title: "Replay an old voucher",
  deed: "A stranger claims an old voucher of 0.10 to burn a lane on which 1.00 was promised. The batch comes too late.",
  async act(ground) {
    await using liar = await opened(ground);
    const payee = liar.payee("payee", PAYEE);
    const allotment = await liar.promise(payee, 7, 1_000_000n);
    ground.say("The stranger claims the old voucher. Then the authority's batch finds the lane used up.");
    await liar.operator.call(claimCall(allotment, await liar.voucher(PAYEE, 7, 100_000n)));
    const best = await liar.voucher(PAYEE, 7, 1_000_000n);
    await liar.operator.call(settleCall(await liar.batch([best], { allotments: [allotment], vouchers: [best] })));
    ground.say("The payee claims what is missing.");
    const claim = await claimFacts(liar, payee.home, DEPOSIT);
    const { finding } = await auditAll(liar, ...bundlesOf(liar));
    return { ...claim, finding: null, audit: finding ?? CLEAN };
  },
  judge: ({ audit, ...facts }) => withAudit(judgeLow(facts), true, audit),
});

export const overAllot = breakCase({
  id: "over-allot",
  isAudited: true,
  title: "Promise more than there is",
  deed: "The authority allots 6.50 on a deposit of 5.00, and pays an accomplice first. The bond answers, up to the key's budget.",
  async act(ground) {
    await using liar = await opened(ground);
    const payee = liar.payee("payee", PAYEE);
    const { operator } = liar;
    const allotments = [await liar.promise(payee, 1, 750_000n), await liar.promise(payee, 2, 750_000n)];
    const all = { payer: liar.payer, payee: ACCOMPLICE, lane: 99, cap: DEPOSIT };
    const stolen = await operator.promise(all, DEPOSIT);
    const papers = { allotments: [...allotments, await operator.allot(all)], vouchers: [stolen] };
    ground.say("The accomplice has taken the whole deposit.");
    await operator.call(settleCall(await liar.batch([stolen], papers)));
    ground.say("The payee claims 1.50: the payer has nothing, and the bond pays.");
    const facts = await claimFacts(liar, payee.home, DEPOSIT);
    const { finding } = await auditAll(liar, ...bundlesOf(liar));
    return {
      promised: facts.promised,
      fromPayer: facts.claimed - facts.fromBond,
      fromBond: facts.fromBond,
      budget: BUDGET,
      payerSigned: DEPOSIT + facts.promised,
      payerPaid: facts.payerPaid,
      finding,
    };
  },
  judge: judgeOverAllotment,
});

export const leaveOut = breakCase({
  id: "leave-out",
  isAudited: true,
  title: "Leave a voucher out of a bundle",
  deed: "The authority settles two vouchers, and publishes the papers of one only.",
  async act(ground) {
    await using liar = await opened(ground);
    const payee = liar.payee("payee", PAYEE);
    const allotments = [await liar.promise(payee, 1, 500_000n), await liar.promise(payee, 2, 500_000n)];
    const [first, second] = [await liar.voucher(PAYEE, 1, 500_000n), await liar.voucher(PAYEE, 2, 500_000n)];
    await liar.operator.call(settleCall(await liar.batch([first], { allotments, vouchers: [first] })));
    ground.say("An honest batch first: the audit is clean.");
    const clean = await auditAll(liar, ...bundlesOf(liar));
    ground.say("Then a batch whose bundle lacks its voucher.");
    await liar.operator.call(settleCall(await liar.batch([second], { allotments: [], vouchers: [] })));
    const lie = await auditAll(liar, ...bundlesOf(liar));
    return { isCleanOk: clean.isOk, isLieOk: lie.isOk, finding: clean.finding ?? lie.finding };
  },
  judge: judgeBundle,
});
