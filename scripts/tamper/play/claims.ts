import { batchEvidence, type Evidence } from "../../../protocol/contract/evidence.ts";
import { encode } from "./chain.ts";
import { CLAIM_PERIOD } from "./constants.ts";
import { grant } from "./lane.ts";
import { claimStep } from "./papers.ts";
import { accountOf, type Lane, reservedOf, type Scene } from "./scene.ts";

/** Lanes whose payee could get more than it has got, if it claims now. */
export function claimableLanes({ lanes, chain }: Scene): Lane[] {
  const soon = chain.last().time + 2;
  return lanes.filter((lane) => lane.promised > lane.paid && soon < lane.allotment.expiresAt + CLAIM_PERIOD);
}

/**
 * The payee takes its best voucher to the chain, with evidence of what a batch has paid if the
 * claim needs it.
 */
export async function claimLane(scene: Scene, lane: Lane): Promise<void> {
  const { chain, papers } = scene;
  await chain.call(lane.payee.wallet.address, ...claimStep(papers, lane, lane.promised, evidenceFor(scene, lane)));
  noteClaim(lane);
}

/**
 * Payees take some vouchers to the chain at once. One of them has a byte of it wrong, and is told
 * as skipped.
 */
export async function claimMany(scene: Scene): Promise<boolean> {
  const { chain, papers, random, patron } = scene;
  const lanes = random.shuffled(claimableLanes(scene)).slice(0, 3);
  const [first] = lanes;
  if (!first) return false;
  const good = lanes.map((lane) => claimStep(papers, lane, lane.promised, evidenceFor(scene, lane)));
  // The payer's wallet signs instead of its session key.
  const forged = claimStep(papers, { ...first, session: first.payer.wallet }, first.promised, null);
  const claims = random.shuffled([...good, forged]).map((step) => encode(step));
  await chain.call(patron.address, "claimMany", claims);
  for (const lane of lanes) noteClaim(lane);
  return true;
}

function noteClaim(lane: Lane): void {
  lane.isClaimed = true;
  lane.paid = lane.promised;
}

function evidenceFor({ batches }: Scene, { batch, isClaimed, allotment }: Lane): Evidence | null {
  if (batch === null || isClaimed) return null;
  const settled = batches[batch - 1];
  if (!settled) throw new Error(`there is no batch ${batch}`);
  return batchEvidence(batch, settled.batch, settled.paidRows, allotment);
}

/**
 * The authority has lost its books and promises more than a payer has, so the bond pays. No bundle
 * comes after this. The payer has no other lane whose payee would then be short.
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
