import { batchEvidence } from "../../../protocol/contract/evidence.ts";
import type { Step } from "./chain.ts";
import { grant, isUsed, type Lane, signVoucher } from "./lane.ts";
import { accountOf, CLAIM_PERIOD, reservedOf, type Scene } from "./scene.ts";

/** Lanes whose payee could get more than it has got, if it claims now. */
export function claimableLanes({ lanes, chain }: Scene): Lane[] {
  const soon = chain.last().time + 2;
  return lanes.filter((lane) => lane.promised > lane.paid && soon < lane.allotment.expiresAt + CLAIM_PERIOD);
}

/**
 * The payee takes its best voucher to the chain, with what a batch has left as evidence if it must.
 */
export async function claimLane(scene: Scene, lane: Lane): Promise<void> {
  await scene.chain.call(lane.payee.wallet.address, ...claimStep(scene, lane));
  noteClaim(lane);
}

function claimStep(scene: Scene, lane: Lane): Step {
  const { allotment, allotmentSignature, promised, batch, isClaimed } = lane;
  const terms = { ...allotment, infoHash: `0x${allotment.infoHash}` };
  const args = [terms, allotmentSignature, promised, signVoucher(scene.separator, lane, promised)];
  if (batch === null || isClaimed) return ["claim", ...args];
  const settled = scene.batches[batch - 1];
  if (!settled) throw new Error(`there is no batch ${batch}`);
  return ["claimWithEvidence", ...args, batchEvidence(batch, settled.batch, settled.paidRows, allotment)];
}

function noteClaim(lane: Lane): void {
  lane.isClaimNews = !isUsed(lane);
  lane.isClaimed = true;
  lane.paid = lane.promised;
}

/**
 * T has lost its books and promises more than a payer has: the bond pays. No bundle comes after
 * this. The payer has no other lane whose payee would then be short.
 */
export async function claimFromBond(scene: Scene): Promise<boolean> {
  const { random, parties, chain } = scene;
  const payer = random.shuffled(parties).find((party) => reservedOf(scene, party) === 0n);
  if (!payer) return false;
  const payee = random.pick(parties.filter((party) => party !== payer));
  const { balance } = await accountOf(scene, payer.wallet.address);
  const lane = grant(scene, payer, payee, balance + random.between(10n, 900n), chain.last().time + 60);
  lane.promised = lane.allotment.cap;
  await claimLane(scene, lane);
  return true;
}
