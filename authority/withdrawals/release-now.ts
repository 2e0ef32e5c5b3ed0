import type { Hex } from "../../protocol/bytes.ts";
import { PaymentError } from "../../protocol/errors.ts";
import { hashRelease } from "../../protocol/release.ts";
import { sign } from "../../protocol/secp256k1.ts";
import type { Withdrawal } from "../../protocol/withdrawal.ts";
import type { Context } from "../context.ts";
import { encodeWithdrawNowFor } from "../contract-calls.ts";
import { listReservedLanes } from "../store/lanes.ts";
import { enqueueTransaction } from "../store/transactions.ts";
import { findWithdrawal, insertWithdrawal, listReleases } from "../store/withdrawals.ts";
import { judgeRelease, type ReleaseVerdict } from "./release-policy.ts";

/**
 * Signs a release for a withdrawal that the wallet has signed, and relays both. The release counts as money promised from the
 * moment it is stored until the chain has taken it or can no longer: nobody but T's outbox sees it before.
 * @throws {PaymentError} RELEASE_REFUSED
 */
export async function releaseNow(
  context: Context,
  { id, withdrawal, signature }: { readonly id: string; readonly withdrawal: Withdrawal; readonly signature: Hex },
): Promise<void> {
  const { chain, clock, config, separator, store } = context;
  const { account, to, amount } = withdrawal;
  const { claimPeriodSec, contract } = chain.facts;
  const block = chain.confirmed;
  const atBlock = await chain.readAccount(account, block.number);
  await store.transaction(async (trx) => {
    if (await findWithdrawal(trx, id)) return;
    const stored = await listReservedLanes(trx, account, block.timestamp - claimPeriodSec);
    const verdict = judgeRelease({
      amount,
      account: atBlock,
      lanes: stored.map((lane) => ({ ...lane, cap: BigInt(lane.cap), paid: BigInt(lane.paid) })),
      releases: await listReleases(trx, account),
      block,
      claimSec: claimPeriodSec,
    });
    if (!verdict.isFree) throw refused(verdict, withdrawal, clock.now());
    const release = {
      account,
      to,
      amount,
      nonce: verdict.nonce,
      deadline: clock.now() + config.params.releaseLifetimeSec,
    };
    const signed = { deadline: release.deadline, signature: sign(hashRelease(separator, release), config.allotterKey) };
    await insertWithdrawal(trx, {
      id,
      account,
      recipient: to,
      amount: amount.toString(),
      createdAt: clock.now(),
      state: "releasing",
      withdrawableAt: null,
      releaseNonce: release.nonce,
      releaseDeadline: release.deadline,
      reason: null,
    });
    const data = encodeWithdrawNowFor(withdrawal, signature, signed);
    await enqueueTransaction(trx, { actionId: `withdraw-now:${id}`, kind: "withdraw-now", recipient: contract, data });
  });
  context.wake();
}

function refused(
  { free, freeAt }: Extract<ReleaseVerdict, { isFree: false }>,
  { amount }: Withdrawal,
  now: number,
): PaymentError {
  const when =
    freeAt === null
      ? "the rest is asked back already and leaves after its delay"
      : `all of it in about ${Math.max(1, freeAt - now)} s, when what is promised has ended`;
  return new PaymentError("RELEASE_REFUSED", `${free} of ${amount} base units can go at once; ${when}`, {
    details: { free, ...(freeAt === null ? {} : { freeAt }) },
  });
}
