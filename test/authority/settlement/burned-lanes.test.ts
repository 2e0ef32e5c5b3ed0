import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { pack, STATEMENT_COSTS, worstGasOf } from "../../../authority/settlement/packing.ts";
import { decodeBatch } from "../../../protocol/contract/batch.ts";
import {
  drawLanes,
  LaneCounter,
  type PayerLanes,
  statementBatch,
  totalOf,
} from "../../../scripts/bench/gas/batches.ts";
import { type GasChain, startGasChain } from "../../../scripts/bench/gas/chain.ts";

/**
 * Whoever is promised a lane can use it up with an old voucher before its batch arrives. Whatever
 * is burned so, the rest of the batch settles with the gas that the planner has packed for.
 */

/** Statements, and lanes of each. */
const SHAPES = [
  [20, 20],
  [25, 100],
  [10, 200],
] as const;
const MAX_PAYERS = 25;
const MAX_PAYEES = 200;

let chain: GasChain;
const lanes = new LaneCounter();
beforeAll(async () => {
  chain = await startGasChain(MAX_PAYERS, MAX_PAYEES);
});

const keep = (drawn: readonly PayerLanes[], isKept: (index: number) => boolean): PayerLanes[] => {
  let index = 0;
  return drawn
    .map((one) => ({ ...one, lanes: one.lanes.filter(() => isKept(index++)) }))
    .filter((one) => one.lanes.length > 0);
};

async function settleBurned(payers: number, lanesPerPayer: number, isBurned: (index: number) => boolean) {
  const drawn = drawLanes(chain, { payers, lanesPerPayer }, lanes);
  const burned = keep(drawn, isBurned);
  if (burned.length > 0) await chain.settle(statementBatch(chain, burned), totalOf(burned));
  const batch = statementBatch(chain, drawn);
  const limit = worstGasOf(decodeBatch(batch));
  const used = await chain.settle(batch, totalOf(drawn) - totalOf(burned), limit);
  expect(used).toBeLessThanOrEqual(limit);
}

test.each(SHAPES)("%i statements of %i lanes are one batch of the planner", (payers, lanesPerPayer) => {
  const parcels = drawLanes(chain, { payers, lanesPerPayer }, new LaneCounter()).map((one) => ({
    payer: one.payer.address,
    sessionKey: one.session.address,
    payees: one.lanes.map(({ payee }) => payee),
  }));
  expect(pack(parcels, STATEMENT_COSTS)).toHaveLength(1);
});

test.each(SHAPES)("%i statements of %i lanes settle, whichever lanes are burned", async (payers, lanesPerPayer) => {
  const rows = payers * lanesPerPayer;
  await settleBurned(payers, lanesPerPayer, () => true);
  await settleBurned(payers, lanesPerPayer, (index) => index % lanesPerPayer === 0);
  await settleBurned(payers, lanesPerPayer, (index) => index % 2 === 1);
  await settleBurned(payers, lanesPerPayer, (index) => index < rows - 1);
  const sets = fc.array(fc.boolean(), { minLength: rows, maxLength: rows });
  await fc.assert(
    fc.asyncProperty(sets, (burned) => settleBurned(payers, lanesPerPayer, (index) => burned[index] === true)),
    { numRuns: 3, endOnFailure: true },
  );
});
