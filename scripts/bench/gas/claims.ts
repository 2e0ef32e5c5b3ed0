import { encodeFunctionData } from "viem";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";
import { floodgateAbi } from "../../../protocol/contract/abi.ts";
import { buildBatch, encodeBatch } from "../../../protocol/contract/batch.ts";
import { batchEvidence, paidRowsOf } from "../../../protocol/contract/evidence.ts";
import { type Allotment, hashAllotment } from "../../../protocol/signed/allotment.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { drawLanes, HEAD, type LaneCounter, signVouchers, totalOf } from "./batches.ts";
import { type GasChain, PERIOD_SEC, START_SEC } from "./chain.ts";
import type { Person } from "./people.ts";

const AMOUNT = 1_000_000n;
/** What the first payer promised its first payee beyond what the authority has settled. */
const DIFFERENCE = 50_000n;

/** The first payee claims one more lane of the first payer, which no batch has settled. */
export function claimLane(chain: GasChain, lanes: LaneCounter): Promise<bigint> {
  const payer = chain.cast.payers[0] as Person;
  const claim = signClaim(chain, lanes.next(payer), AMOUNT);
  const data = encodeFunctionData({ abi: floodgateAbi, functionName: "claim", args: claim });
  return chain.send(chain.cast.payees[0] as Person, chain.floodgate, data);
}

/** What one more claim costs in a call of `claimMany`: four of one payee, of four payers. */
export async function claimOneMore(chain: GasChain, lanes: LaneCounter): Promise<bigint> {
  const claims = (count: number): Promise<bigint> => {
    const calls = Array.from({ length: count }, (_, i) =>
      encodeFunctionData({
        abi: floodgateAbi,
        functionName: "claim",
        args: signClaim(chain, lanes.next(chain.cast.payers[i] as Person), AMOUNT, i),
      }),
    );
    const data = encodeFunctionData({ abi: floodgateAbi, functionName: "claimMany", args: [calls] });
    return chain.send(chain.cast.payees[0] as Person, chain.floodgate, data);
  };
  const [one, four] = [await claims(1), await claims(4)];
  return (four - one) / 3n;
}

/**
 * The authority settles 20 x 20 lanes, one of them too low; its payee claims the difference from
 * what the batch left.
 */
export async function claimWithEvidence(chain: GasChain, lanes: LaneCounter, batchNumber: number): Promise<bigint> {
  const drawn = drawLanes(chain, { payers: 20, lanesPerPayer: 20 }, lanes);
  const batch = buildBatch(HEAD, signVouchers(chain, drawn));
  await chain.settle(encodeBatch(batch), totalOf(drawn));

  const payer = chain.cast.payers[0] as Person;
  const payee = chain.cast.payees[0] as Person;
  const low = drawn[0]?.lanes[0];
  if (!low) throw new Error("no lane was drawn");
  const evidence = batchEvidence(batchNumber, batch, paidRowsOf(batch, new Set()), {
    payer: payer.address,
    lane: low.lane,
  });
  const args = [...signClaim(chain, low.lane, low.amount + DIFFERENCE), evidence] as const;
  const data = encodeFunctionData({ abi: floodgateAbi, functionName: "claimWithEvidence", args });
  return chain.send(payee, chain.floodgate, data);
}

function signClaim({ cast, separator }: GasChain, lane: number, amount: bigint, of = 0) {
  const [payer, payee, session] = [cast.payers[of], cast.payees[0], cast.sessions[of]] as [Person, Person, Person];
  const allotment: Allotment = {
    payer: payer.address,
    payee: payee.address,
    sessionKey: session.address,
    payeeKey: payee.address,
    lane,
    cap: 10n * AMOUNT,
    pricePerGiB: 10_000n,
    credit: 1 << 20,
    infoHash: HEAD.bundleHash.slice(2, 42),
    expiresAt: START_SEC + PERIOD_SEC,
  };
  const byAllotter = sign(hashAllotment(separator, allotment), cast.authority.privateKey);
  const voucher = { payer: payer.address, payee: payee.address, lane, amount };
  const bySession = sign(hashVoucher(separator, voucher), session.privateKey);
  const onChain = { ...allotment, infoHash: `0x${allotment.infoHash}` } as const;
  return [onChain, bytesToHex(byAllotter), amount, bytesToHex(bySession)] as const;
}
