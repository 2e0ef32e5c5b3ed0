import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { drawLanes, LaneCounter, totalOf, voucherBatch } from "../../../../scripts/bench/gas/batches.ts";
import { type GasChain, startGasChain } from "../../../../scripts/bench/gas/chain.ts";
import { startServer, type TestServer } from "./test-server.ts";

/** 20 payers, 20 lanes of each: a batch as the gas bench has them. */
const SHAPE = { payers: 20, lanesPerPayer: 20 };
export const ROWS_PER_BATCH = SHAPE.payers * SHAPE.lanesPerPayer;
const PAYERS = 200;

/** A node of a chain that has settled many vouchers; pages may ask it. */
export interface LongHistory extends TestServer {
  readonly contract: string;
}

/** Settles so many rows, a whole number of batches, on a chain of this process. */
export async function startLongHistory(rows: number): Promise<LongHistory> {
  const chain = await startGasChain(Math.min(PAYERS, Math.max(SHAPE.payers, rows / 20)), SHAPE.lanesPerPayer);
  const lanes = new LaneCounter();
  for (let batch = 0; batch < rows / ROWS_PER_BATCH; batch++) {
    const drawn = drawLanes(withPayersOf(chain, batch), SHAPE, lanes);
    await chain.settle(voucherBatch(chain, drawn), totalOf(drawn));
  }
  const node = await startServer(async (request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(await answer(chain, await bodyOf(request))));
  });
  return { ...node, contract: chain.floodgate };
}

/** Each batch is of the next payers. */
function withPayersOf(chain: GasChain, batch: number): GasChain {
  const { payers, sessions } = chain.cast;
  const turn = <T>(list: readonly T[]): T[] => {
    const first = (batch * SHAPE.payers) % list.length;
    return [...list.slice(first), ...list.slice(0, first)];
  };
  return { ...chain, cast: { ...chain.cast, payers: turn(payers), sessions: turn(sessions) } };
}

interface Question {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

async function bodyOf(request: IncomingMessage): Promise<Question | Question[]> {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(request, "end");
  return JSON.parse(Buffer.concat(chunks).toString()) as Question | Question[];
}

async function answer(chain: GasChain, asked: Question | Question[]): Promise<unknown> {
  if (Array.isArray(asked)) return await Promise.all(asked.map((one) => answer(chain, one)));
  const { id, method, params } = asked;
  try {
    return { jsonrpc: "2.0", id, result: await chain.request(method, params) };
  } catch (error) {
    return { jsonrpc: "2.0", id, error: { code: -32_000, message: String(error) } };
  }
}
