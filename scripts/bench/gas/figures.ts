import { encodeFunctionData } from "viem";
import { floodgateAbi } from "../../../protocol/contract/abi.ts";
import {
  drawLanes,
  LaneCounter,
  type PayerLanes,
  type Shape,
  statementBatch,
  totalOf,
  voucherBatch,
} from "./batches.ts";
import { DEPOSIT, depositData, type GasChain, PERIOD_SEC, sessionData, startGasChain } from "./chain.ts";
import { claimLane, claimOneMore, claimWithEvidence } from "./claims.ts";
import { type Person, person } from "./people.ts";

/** Gas of one voucher, or of one call, and what it includes. */
export interface Figure {
  readonly gas: number;
  readonly includes: string;
}

interface SettleCase {
  readonly name: string;
  readonly shape: Shape;
  readonly encode: (chain: GasChain, drawn: readonly PayerLanes[]) => Uint8Array;
  readonly includes: string;
}

const LATER_BATCHES = 8;
const LATER_CALLS = 3;

const SETTLES: readonly SettleCase[] = [
  {
    name: "strict20x20",
    shape: { payers: 20, lanesPerPayer: 20 },
    encode: voucherBatch,
    includes: "settle, per voucher: 20 payers to 20 payees each, 400 vouchers",
  },
  {
    name: "strict50x1",
    shape: { payers: 50, lanesPerPayer: 1, isPairs: true },
    encode: voucherBatch,
    includes: "settle, per voucher: 50 payers to 50 payees, a voucher each",
  },
  {
    name: "strict1x1",
    shape: { payers: 1, lanesPerPayer: 1 },
    encode: voucherBatch,
    includes: "settle, one voucher",
  },
  {
    name: "statement20x20",
    shape: { payers: 20, lanesPerPayer: 20 },
    encode: statementBatch,
    includes: "settle, per lane: 20 statements of 20 lanes",
  },
  {
    name: "statementMesh21",
    shape: { payers: 21, lanesPerPayer: 20, isMesh: true },
    encode: statementBatch,
    includes: "settle, per lane: 21 peers that each pay the 20 others",
  },
  {
    name: "statement100x20",
    shape: { payers: 100, lanesPerPayer: 20 },
    encode: statementBatch,
    includes: "settle, per lane: 100 statements of 20 lanes",
  },
];

/** Runs everything on one chain, always in this order. */
export async function measureGas(): Promise<Record<string, Figure>> {
  const chain = await startGasChain(100, 50);
  const lanes = new LaneCounter();
  const figures: Record<string, Figure> = {};
  let batches = 0;
  for (const { name, shape, encode, includes } of SETTLES) {
    const gas: number[] = [];
    for (let batch = 0; batch <= LATER_BATCHES; batch++) {
      const drawn = drawLanes(chain, shape, lanes);
      const used = await chain.settle(encode(chain, drawn), totalOf(drawn));
      gas.push(Number(used) / drawn.flatMap((one) => one.lanes).length);
    }
    batches += gas.length;
    figures[name] = { gas: laterMean(gas), includes };
  }
  const skippedRow = await skipRows(chain, lanes);
  batches += skippedRow.batches;
  figures.skippedRow = {
    gas: skippedRow.gas,
    includes: "settle: one lane of each of 20 statements was settled before",
  };
  return { ...figures, ...(await measureCalls(chain, lanes, batches)) };
}

/**
 * What a row that pays nothing adds to a batch of 20 statements of 20 lanes, one such row in each.
 */
async function skipRows(chain: GasChain, lanes: LaneCounter): Promise<{ gas: number; batches: number }> {
  const shape = { payers: 20, lanesPerPayer: 20 };
  let batches = 0;
  const settle = async (drawn: readonly PayerLanes[], paid: readonly PayerLanes[]): Promise<number> => {
    batches++;
    return Number(await chain.settle(statementBatch(chain, drawn), totalOf(paid)));
  };
  const without: number[] = [];
  const withOne: number[] = [];
  for (let batch = 0; batch < LATER_BATCHES; batch++) {
    const drawn = drawLanes(chain, shape, lanes);
    // Another row of each, so that no place is favoured.
    const stale = drawn.map((one, i) => ({ ...one, lanes: one.lanes.slice(i, i + 1) }));
    const rest = drawn.map((one, i) => ({ ...one, lanes: one.lanes.toSpliced(i, 1) }));
    await settle(stale, stale);
    withOne.push(await settle(drawn, rest));
    const fewer = drawLanes(chain, { ...shape, lanesPerPayer: shape.lanesPerPayer - 1 }, lanes);
    without.push(await settle(fewer, fewer));
  }
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  return { gas: Math.round((10 * (mean(withOne) - mean(without))) / shape.payers) / 10, batches };
}

async function measureCalls(chain: GasChain, lanes: LaneCounter, batches: number): Promise<Record<string, Figure>> {
  const { authority, payers } = chain.cast;
  const payer = payers[0] as Person;
  let batch = batches;
  return {
    claim: {
      gas: await laterCalls(() => claimLane(chain, lanes)),
      includes: "a payee's further lane of a payer: its record is new, the payer's lane word and all balances are not",
    },
    claimEvidence: {
      gas: await laterCalls(() => claimWithEvidence(chain, lanes, ++batch)),
      includes: "the rest of a lane settled too low, with the evidence of its 20 x 20 batch; its record is new",
    },
    claimMany: {
      gas: await laterCalls(() => claimOneMore(chain, lanes)),
      includes: "claimMany: one more claim of the same payee, on a lane of another payer",
    },
    deposit: {
      gas: await laterCalls(() => chain.send(authority, chain.floodgate, depositData(payer.address))),
      includes: "depositFor an account that has a balance, with an id, from an allowance",
    },
    withdraw: {
      gas: await laterCalls(() => withdraw(chain, payer)),
      includes: "withdraw of a part that was requested before, to a wallet that has tokens",
    },
    authorizeSession: {
      gas: await laterCalls((i) => chain.send(payer, chain.floodgate, sessionData(person(`further session ${i}`)))),
      includes: "authorizeSession of a new key by its wallet",
    },
  };
}

async function withdraw({ send, floodgate, pass }: GasChain, account: Person): Promise<bigint> {
  const request = { abi: floodgateAbi, functionName: "requestWithdrawal", args: [DEPOSIT / 10n] } as const;
  await send(account, floodgate, encodeFunctionData(request));
  await pass(2 * PERIOD_SEC);
  return send(
    account,
    floodgate,
    encodeFunctionData({ abi: floodgateAbi, functionName: "withdraw", args: [account.address] }),
  );
}

async function laterCalls(call: (index: number) => Promise<bigint>): Promise<number> {
  const gas: number[] = [];
  for (let i = 0; i <= LATER_CALLS; i++) gas.push(Number(await call(i)));
  return laterMedian(gas);
}

/**
 * The first makes new slots for balances; a payer's further bitmap words are in the others, as
 * often as they fall.
 */
function laterMean(gas: readonly number[]): number {
  const later = gas.slice(1);
  return Math.round((10 * later.reduce((sum, one) => sum + one, 0)) / later.length) / 10;
}

/**
 * The first makes new storage slots; what people pay day by day comes after it. A batch that begins
 * a payer's next 256 lanes is no median.
 */
function laterMedian(gas: readonly number[]): number {
  const later = gas.slice(1).sort((a, b) => a - b);
  const middle = later.length / 2;
  const median = ((later[Math.floor(middle - 0.5)] as number) + (later[Math.floor(middle)] as number)) / 2;
  return Math.round(median * 10) / 10;
}
