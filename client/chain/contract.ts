import { bytesToHex } from "../../protocol/base/bytes.ts";
import { InputError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { readTokenOf, type Token } from "../../protocol/contract/reads.ts";
import { type DomainSeparator, hashDomain } from "../../protocol/signed/typed-data.ts";
import { chainCall, type Rpc } from "./rpc.ts";

/** A Floodgate contract as a chain node shows it: no authority is asked. */
export interface Contract {
  readonly rpc: Rpc;
  readonly address: Address;
  readonly token: Token;
  readonly separator: DomainSeparator;
}

/**
 * @throws {InputError} CHAIN_MISMATCH when there is no Floodgate contract of our version at
 * `address`
 */
export async function openContract(rpc: Rpc, address: Address): Promise<Contract> {
  const separator = hashDomain({ chainId: rpc.chainId, contract: address });
  if ((await readDomainSeparator(rpc, address)) !== bytesToHex(separator)) {
    throw new InputError(
      "CHAIN_MISMATCH",
      `there is no Floodgate contract at ${address} on the chain at ${rpc.url}: check --rpc (a devnet forgets everything when it stops)`,
    );
  }
  return { rpc, address, separator, token: await chainCall(rpc.url, () => readTokenOf(rpc.client, address)) };
}

async function readDomainSeparator({ client, url }: Rpc, address: Address): Promise<string | null> {
  const code = await chainCall(url, () => client.getCode({ address }));
  if (code === undefined) return null;
  const read = { address, abi: floodgateAbi, functionName: "domainSeparator" } as const;
  return chainCall(url, () => client.readContract(read)).catch((error) => {
    // Some other contract.
    if (error.code === "CHAIN_CALL_FAILED") return null;
    throw error;
  });
}
