import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Step } from "./chain.ts";
import { NO_LIMIT } from "./constants.ts";
import { keyOf, type Party, sessionKey } from "./people.ts";
import { accountOf, freeOf, reservedOf, type Scene, sessionOf } from "./scene.ts";

/** Life of requests and releases, seconds. */
const DEADLINE = 600;
/** Of a deposit without a number. */
export const NO_ID: Hex = `0x${"0".repeat(64)}`;

export async function deposit(scene: Scene): Promise<void> {
  const { random, chain, patron, parties } = scene;
  const { address } = random.pick(parties).wallet;
  await chain.call(patron.address, "depositFor", address, random.between(1n, 50_000n), NO_ID);
}

/** Numbered deposits in one transfer. One of them is sent a second time, and changes nothing. */
export async function depositMany(scene: Scene): Promise<void> {
  const { random, chain, patron, parties } = scene;
  const numbered = (): object => ({
    account: random.pick(parties).wallet.address,
    amount: random.between(1n, 9_000n),
    id: numberOfDeposit(++scene.deposits),
  });
  const [first, second] = [numbered(), numbered()];
  const { account, amount, id } = second as { account: Address; amount: bigint; id: Hex };
  await chain.call(patron.address, "depositFor", account, amount, id);
  await chain.call(patron.address, "depositForMany", random.shuffled([first, second, { ...first, id: NO_ID }]));
}

function numberOfDeposit(count: number): Hex {
  return `0x${count.toString(16).padStart(64, "0")}`;
}

/** A new session key, by the wallet's own call or its signature. */
export async function authorize(scene: Scene, party: Party, life: number): Promise<void> {
  const { random, chain, patron, papers } = scene;
  party.session = sessionKey(party.wallet.address, ++party.sessionNumber);
  const terms = {
    account: party.wallet.address,
    sessionKey: party.session.address,
    limit: random.once(2) ? NO_LIMIT : random.between(200_000n, 900_000n),
    expiresAt: chain.last().time + life,
  };
  if (random.once(2)) {
    await chain.call(party.wallet.address, "authorizeSession", terms.sessionKey, terms.limit, terms.expiresAt);
    return;
  }
  await chain.call(patron.address, "authorizeSessionFor", terms, papers.authorization(terms, party.wallet));
}

/** Batches pay by a revoked session until its end only. */
export async function revoke(scene: Scene, party: Party): Promise<void> {
  await scene.chain.call(party.wallet.address, "revokeSession", party.session.address);
  const { expiresAt } = await sessionOf(scene, party);
  for (const lane of scene.lanes)
    if (lane.session === party.session) lane.settleBy = Math.min(lane.settleBy, expiresAt);
}

/**
 * Asks for a part of the balance, by the wallet's own call or its signature. A request for 0
 * cancels it.
 */
export async function requestWithdrawal(scene: Scene, party: Party): Promise<boolean> {
  const { random, chain, patron } = scene;
  const account = party.wallet.address;
  const { balance } = await accountOf(scene, account);
  if (balance < 10n) return false;
  const amount = random.between(1n, balance / 4n + 1n);
  if (random.once(2)) {
    await chain.call(account, "requestWithdrawal", amount);
  } else {
    const to = random.pick(scene.parties).wallet.address;
    await chain.call(patron.address, "requestWithdrawalFor", ...(await signWithdrawal(scene, party, to, amount)));
  }
  if (random.once(4)) await chain.call(account, "requestWithdrawal", 0n);
  return true;
}

/** Withdraws what was asked for, once its delay is over. */
export async function withdraw(scene: Scene): Promise<boolean> {
  const { chain, random, parties, patron } = scene;
  for (const { wallet } of random.shuffled(parties)) {
    const { withdrawing, withdrawableAt } = await accountOf(scene, wallet.address);
    if (withdrawing === 0n || chain.last().time < withdrawableAt) continue;
    const recipient = await chain.view<Address>("withdrawalRecipient", wallet.address);
    if (BigInt(recipient) === 0n) await chain.call(wallet.address, "withdraw", random.pick(parties).wallet.address);
    else await chain.call(patron.address, "withdrawFor", wallet.address);
    return true;
  }
  return false;
}

/** The authority releases what no lane needs. */
export async function withdrawNow(scene: Scene, party: Party): Promise<boolean> {
  const { random, chain, patron, papers, allotter } = scene;
  const account = party.wallet.address;
  const { balance, withdrawing, releaseNonce } = await accountOf(scene, account);
  const free = balance - withdrawing - reservedOf(scene, party);
  if (free < 2n) return false;
  const amount = random.between(1n, free / 3n + 1n);
  const to = random.pick(scene.parties).wallet.address;
  const deadline = chain.last().time + DEADLINE;
  const release = papers.release({ account, to, amount, nonce: releaseNonce, deadline }, allotter);
  if (random.once(2)) {
    await chain.call(account, "withdrawNow", to, amount, deadline, release);
  } else {
    const signed = await signWithdrawal(scene, party, to, amount, papers.instantWithdrawal);
    await chain.call(patron.address, "withdrawNowFor", ...signed, deadline, release);
  }
  return true;
}

/** Several calls in one transaction: one of them changes nothing. */
export async function callMany(scene: Scene, party: Party): Promise<void> {
  const { chain, random } = scene;
  const account = party.wallet.address;
  const key = keyOf(`${account} idle session ${chain.last().block}`).address;
  const [end, weaker] = [chain.last().time + 100, random.between(1n, 99n)];
  const steps: Step[] = [
    ["authorizeSession", key, 100n, end],
    ["authorizeSession", key, weaker, end],
    ["revokeSession", key],
  ];
  const { balance, withdrawing } = await accountOf(scene, account);
  if (withdrawing === 0n && (await freeOf(scene, party)) > 20n && balance > 0n)
    steps.push(["requestWithdrawal", random.between(1n, 20n)]);
  await chain.multicall(account, steps);
}

async function signWithdrawal(
  scene: Scene,
  { wallet }: Party,
  to: Address,
  amount: bigint,
  sign = scene.papers.withdrawal,
): Promise<readonly [object, Hex]> {
  const { chain } = scene;
  const nonce = await chain.view<bigint>("nonces", wallet.address);
  const terms = { account: wallet.address, to, amount, deadline: chain.last().time + DEADLINE, nonce };
  return [terms, sign(terms, wallet)];
}
