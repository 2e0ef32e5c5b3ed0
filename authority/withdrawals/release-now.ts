import type { Hex } from "../../protocol/base/bytes.ts";
import { ChainError, PaymentError } from "../../protocol/base/errors.ts";
import { sign } from "../../protocol/base/secp256k1.ts";
import { hashRelease } from "../../protocol/signed/release.ts";
import type { Withdrawal } from "../../protocol/signed/withdrawal.ts";
import { heldBack } from "../allotments/held-back.ts";
import { reservationOf } from "../allotments/reservations.ts";
import { encodeWithdrawNowFor } from "../chain/contract-calls.ts";
import type { Context } from "../context.ts";
import { RELAY_GAS, takeGas } from "../gas-budget.ts";
import { readHeldBalance } from "../store/restore/restores.ts";
import { listReservedLanes } from "../store/tables/reserved-lanes.ts";
import { enqueueTransaction } from "../store/tables/transactions.ts";
import { findWithdrawal, insertWithdrawal, listReleases } from "../store/tables/withdrawals.ts";
import { judgeRelease, type ReleaseVerdict } from "./release-policy.ts";

interface ReleaseRequest {
  readonly id: string;
  readonly withdrawal: Withdrawal;
  /** By the wallet. */
  readonly signature: Hex;
}

const MAX_ATTEMPTS = 5;

/**
 * Signs a release for a withdrawal that the wallet has signed, and relays both. The release counts
 * as promised money from the moment it is stored until the chain has taken it or can no longer take
 * it. Only the outbox sees it before.
 * @throws {PaymentError} RELEASE_REFUSED
 * @throws {ChainError} RPC_UNAVAILABLE
 */
export async function releaseNow(context: Context, request: ReleaseRequest): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) if (await tryRelease(context, request)) return;
  throw new ChainError("RPC_UNAVAILABLE", "blocks come faster than the authority can read them: try again");
}

/**
 * False when a newer block came meanwhile. On it the authority may have promised money that was
 * asked back at the older one.
 */
async function tryRelease(context: Context, { id, withdrawal, signature }: ReleaseRequest): Promise<boolean> {
  const { chain, clock, config, keys, separator, store } = context;
  const { account, to, amount } = withdrawal;
  const { allotmentPeriodSec, claimPeriodSec, contract } = chain.facts;
  const block = chain.confirmed;
  const atBlock = await chain.readAccount(account);
  const isDone = await store.transaction(async (trx) => {
    if (await findWithdrawal(trx, id)) return true;
    const expiresAfter = block.timestamp - claimPeriodSec;
    const stored = await listReservedLanes(trx, account, { expiresAfter, block: block.number });
    const releases = await listReleases(trx, account);
    if (chain.confirmed !== block) return false;
    const held = heldBack(await readHeldBalance(trx, account, block.timestamp), stored, block, claimPeriodSec);
    const verdict = judgeRelease({
      amount,
      account: { ...atBlock, balance: atBlock.balance - held },
      lanes: stored.map(reservationOf),
      releases,
      block,
      allotmentPeriodSec,
      claimPeriodSec,
      lifetimeSec: config.params.releaseLifetimeSec,
    });
    if (!verdict.isFree) throw refused(verdict, withdrawal, clock.now());
    const { nonce, deadline } = verdict;
    if (deadline <= clock.now())
      throw new ChainError("RPC_UNAVAILABLE", "the authority's view of the chain is too old for a release: try again");
    const actionId = `withdraw-now:${id}`;
    await takeGas(context, trx, { account, actionId, gas: RELAY_GAS.instantWithdrawal });
    const release = { account, to, amount, nonce, deadline };
    const signed = { deadline, signature: sign(hashRelease(separator, release), keys.allotter().secret) };
    await insertWithdrawal(trx, {
      id,
      account,
      recipient: to,
      amount: amount.toString(),
      createdAt: clock.now(),
      state: "releasing",
      withdrawableAt: null,
      releaseNonce: nonce,
      releaseDeadline: deadline,
      reason: null,
    });
    const data = encodeWithdrawNowFor(withdrawal, signature, signed);
    await enqueueTransaction(trx, { actionId, kind: "withdraw-now", recipient: contract, data });
    return true;
  });
  if (isDone) context.wake();
  return isDone;
}

function refused(
  { free, freeAt }: Extract<ReleaseVerdict, { isFree: false }>,
  { amount }: Withdrawal,
  now: number,
): PaymentError {
  const when =
    freeAt === null
      ? "the rest is asked back already and leaves after its delay, or is owed on vouchers"
      : `all of it in about ${Math.max(1, freeAt - now)} s, when the promises on it have ended`;
  return new PaymentError("RELEASE_REFUSED", `${free} of ${amount} base units can go at once; ${when}`, {
    details: { free, ...(freeAt === null ? {} : { freeAt }) },
  });
}
