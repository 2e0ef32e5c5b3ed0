import { allotterKey } from "./people.ts";
import type { Scene } from "./scene.ts";

export const BOND_BUDGET = 1_000_000n;
const MAX_FEE_BPS = 1_000n;

export async function changeFee({ chain, random, owner }: Scene): Promise<void> {
  await chain.call(owner.address, "setFee", Number(random.between(0n, MAX_FEE_BPS)));
}

export async function changeFeeRecipient({ chain, random, owner, parties, patron }: Scene): Promise<void> {
  const next = random.pick([...parties.map(({ wallet }) => wallet), patron]);
  await chain.call(owner.address, "setFeeRecipient", next.address);
}

/** The other one, if there are two. */
export async function changeOperator(scene: Scene): Promise<void> {
  const { chain, owner, operator, patron } = scene;
  const next = [owner, patron].find((key) => key !== operator) ?? operator;
  await chain.call(owner.address, "setOperator", next.address);
  scene.operator = next;
}

/**
 * A new allotter, which signs from now on. The old one goes at once, or lives on for a while. Its
 * signatures remain valid.
 */
export async function changeAllotter(scene: Scene): Promise<void> {
  const { chain, owner, allotter, random } = scene;
  const next = allotterKey(++scene.allotters);
  await chain.call(owner.address, "setAllotter", next.address, BOND_BUDGET);
  scene.allotter = next;
  scene.leaving.push(allotter);
  if (random.once(2)) await retireAllotters(scene);
  if (random.once(2)) await chain.call(owner.address, "setAllotter", next.address, BOND_BUDGET + 1n);
}

export async function retireAllotters({ chain, owner, leaving }: Scene): Promise<void> {
  for (const allotter of leaving.splice(0)) await chain.call(owner.address, "retireAllotter", allotter.address);
}

export async function pauseAWhile({ chain, owner, random }: Scene): Promise<void> {
  await chain.call(owner.address, "pauseDeposits");
  if (random.once(2)) await chain.call(owner.address, "depositBond", random.between(1n, 500n));
  await chain.call(owner.address, "unpauseDeposits");
}

export async function requestBond({ chain, owner, random }: Scene): Promise<void> {
  const { amount } = await chain.view<{ readonly amount: bigint }>("bond");
  await chain.call(owner.address, "requestBondWithdrawal", random.between(1n, amount / 4n));
}

export async function withdrawBond({ chain, owner }: Scene): Promise<boolean> {
  const bond = await chain.view<{ readonly withdrawing: bigint; readonly withdrawableAt: number }>("bond");
  if (bond.withdrawing === 0n || chain.last().time < bond.withdrawableAt) return false;
  await chain.call(owner.address, "withdrawBond", owner.address);
  return true;
}

/** The patron becomes the owner, sometimes. */
export async function changeOwner(scene: Scene): Promise<void> {
  const { chain, owner, patron, random } = scene;
  await chain.call(owner.address, "transferOwnership", patron.address);
  if (random.once(3)) return;
  await chain.call(patron.address, "acceptOwnership");
  scene.owner = patron;
}
