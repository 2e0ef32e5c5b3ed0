import { hexToBytes } from "../../protocol/base/bytes.ts";
import { invariant } from "../../protocol/base/errors.ts";
import { countClaims, encodeClaims } from "../chain/contract-calls.ts";
import { decodeRefusals } from "../chain/contract-events.ts";
import { decodeMirrorEvents } from "../chain/mirror/mirror-events.ts";
import { applyClaim } from "../chain/observe.ts";
import type { Ending } from "../chain/transactions/ending.ts";
import { isRevert } from "../chain/transactions/ends.ts";
import type { Context } from "../context.ts";
import { claimFloor } from "../settlement/gas-worth.ts";
import type { Db } from "../store/database.ts";
import { derivedAt } from "../store/mirror/undo-log.ts";
import { findClaim, insertClaim } from "../store/tables/claims.ts";
import { allotmentOfLane } from "../store/tables/lane-allotment.ts";
import { listLanesOfClaim, listLanesToClaim, type StoredLane, setLane } from "../store/tables/lanes.ts";
import { enqueueTransaction } from "../store/tables/transactions.ts";
import { judgeClaim } from "./judge-claim.ts";

/** At most, with all that it writes for the first time. */
const BASE_GAS = 60_000;
const CLAIM_GAS = 140_000;
/** A claim that goes on reverting is given up: its payee can claim by itself. */
const RETRY_SEC = 600;

/** Keeps a call far below the gas of one transaction. A claim takes about 110,000. */
const MAX_CLAIMS = 64;

/**
 * Claims for the payees of lanes that something other than a batch has used up, such as a
 * stranger's claim with an old voucher. The authority claims with the better voucher that it holds
 * (docs/protocol.md 7.5).
 */
export async function claimMissing(context: Context): Promise<void> {
  const { chain, config, gasWorth, log, store } = context;
  const minRow = claimFloor(config.params.minRow, gasWorth.costOf);
  const rules = { minRow, claimPeriodSec: chain.facts.claimPeriodSec };
  const count = await store.transaction(async (trx) => {
    const due: StoredLane[] = [];
    for (const lane of await listLanesToClaim(trx)) {
      const { latest, confirmed } = chain;
      const verdict = judgeClaim(lane, { now: latest.timestamp, finalNow: confirmed.timestamp }, rules);
      if (verdict.isDue) due.push(lane);
      else if (verdict.state !== "claiming")
        await derivedAt(trx, confirmed.number, () =>
          setLane(trx, lane, { state: verdict.state, reason: verdict.reason }),
        );
    }
    for (let start = 0; start < due.length; start += MAX_CLAIMS)
      await enqueueClaim(context, trx, due.slice(start, start + MAX_CLAIMS));
    return due.length;
  });
  if (count === 0) return;
  log.info({ lanes: count }, "claiming for payees");
  context.wake();
}

/** How the authority's claims end. */
export function claimEnding(context: Context): Ending {
  const { chain, log } = context;
  return {
    // It may pay more in its block than when it was tried: what pays nothing takes half as much.
    gasOf: (data) => BigInt(BASE_GAS + CLAIM_GAS * countClaims(data)),
    // In its block it met a state that had moved. What the contract itself refuses does not pass.
    judgeRefusal: ({ reason, forSec }) => (isRevert(reason) && forSec < RETRY_SEC ? "wait" : "fail"),
    async onFinal(db, { actionId }, { logs }) {
      for (const event of decodeMirrorEvents(chain.facts.contract, logs))
        if (event.type === "claimed") await applyClaim(db, event);
      const refusals = decodeRefusals(chain.facts.contract, logs);
      const { id } = await findClaim(db, actionId);
      for (const [index, lane] of (await listLanesOfClaim(db, id)).entries()) {
        // After a reorganization a batch may have it again.
        if (lane.state !== "claiming") {
          await setLane(db, lane, { claimId: null });
          continue;
        }
        const isPaid = BigInt(lane.paid) >= BigInt(lane.amount);
        // Without a refusal neither payer nor bond has more now. The payee may claim again later.
        const end = isPaid
          ? { state: "settled", reason: null }
          : { state: "skipped", reason: refusals.get(index) ?? "UNCOVERED" };
        await setLane(db, lane, { claimId: null, ...(end as Pick<StoredLane, "state" | "reason">) });
      }
    },

    async onFailed(db, { actionId }, reason) {
      const { id } = await findClaim(db, actionId);
      const lanes = await listLanesOfClaim(db, id);
      log.warn({ claim: id, lanes: lanes.length, reason }, "a claim for payees failed");
      // Together they may have met a limit of gas: each is tried alone.
      for (const lane of lanes) {
        if (lane.state !== "claiming") await setLane(db, lane, { claimId: null });
        else if (lanes.length > 1) await enqueueClaim(context, db, [lane]);
        else await setLane(db, lane, { claimId: null, state: "skipped", reason });
      }
    },
  };
}

async function enqueueClaim({ chain }: Context, db: Db, lanes: readonly StoredLane[]): Promise<void> {
  const { id, actionId } = await insertClaim(db, lanes.length);
  const claims = lanes.map((lane) => {
    invariant(lane.voucherSignature !== null, "LANE_UNSIGNED", `lane ${lane.lane} of ${lane.payer} has no voucher`);
    const signature = hexToBytes(lane.voucherSignature);
    return { allotment: allotmentOfLane(lane), amount: BigInt(lane.amount), signature };
  });
  const data = encodeClaims(claims);
  await enqueueTransaction(db, { actionId, kind: "claim", recipient: chain.facts.contract, data });
  for (const lane of lanes) await setLane(db, lane, { claimId: id });
}
