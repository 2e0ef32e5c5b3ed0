import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import hre from "hardhat";
import { bytesToHex, type Hex } from "../../../protocol/base/bytes.ts";
import { CHAIN_ID } from "./constants.ts";
import type { Key } from "./people.ts";

export interface Request {
  readonly method: string;
  readonly params?: readonly unknown[] | undefined;
}

/**
 * A chain inside this process: the same seed gives the same blocks. The audit reads it over HTTP,
 * as it reads any.
 */
export interface Node extends AsyncDisposable {
  readonly rpcUrl: string;
  request(request: Request): Promise<unknown>;
}

const START = new Date(1_900_000_000_000);
const ETHER = 10n ** 24n;

export async function startNode(accounts: readonly Key[]): Promise<Node> {
  const connection = await hre.network.create({
    network: "default",
    override: {
      chainId: CHAIN_ID,
      hardfork: "osaka",
      initialDate: START,
      accounts: accounts.map(({ secret }) => ({ privateKey: bytesToHex(secret) as Hex, balance: ETHER })),
    },
  });
  const { provider } = connection;
  const request = ({ method, params = [] }: Request): Promise<unknown> =>
    provider.request({ method, params: [...params] });

  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as JsonRpc | JsonRpc[];
    const replies = await Promise.all([body].flat().map((one) => answer(request, one)));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(Array.isArray(body) ? replies : replies[0]));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    rpcUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    request,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await connection.close();
    },
  };
}

type JsonRpc = Request & { readonly id: unknown };

async function answer(request: Node["request"], { id, method, params }: JsonRpc): Promise<object> {
  try {
    return { jsonrpc: "2.0", id, result: await request({ method, params }) };
  } catch (error) {
    return { jsonrpc: "2.0", id, error: { code: -32_000, message: String(error) } };
  }
}
