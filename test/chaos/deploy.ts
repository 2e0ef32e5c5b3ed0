import { type Abi, encodeDeployData, encodeFunctionData } from "viem";
import { readArtifact } from "../../cli/deploy/contracts.ts";
import type { Hex } from "../../protocol/base/bytes.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { testDollarAbi } from "../../protocol/contract/abi.ts";
import { keyOf } from "../../scripts/tamper/play/people.ts";

export const OPERATOR = keyOf("chaos operator");
export const ALLOTTER = keyOf("chaos allotter");
/** Whose transactions nobody at the authority has asked for. */
export const STRANGER = keyOf("chaos stranger");
export const OWNER = keyOf("chaos owner");

const TREASURY = 10n ** 15n;
const GAS = "0x1000000";

export type Request = (method: string, params?: unknown) => Promise<unknown>;

export async function transact(request: Request, from: Address, to: Address | undefined, data: Hex): Promise<Hex> {
  return (await request("eth_sendTransaction", [{ from, ...(to && { to }), data, gas: GAS }])) as Hex;
}

/** Token and contract; the operator gets tokens to fund deposits from. */
export async function deployContract(request: Request): Promise<Address> {
  const deploy = async (name: "Floodgate" | "TestDollar", args: readonly unknown[]): Promise<Address> => {
    const { abi, bytecode } = readArtifact(name);
    const hash = await transact(request, OWNER.address, undefined, encodeDeployData({ abi, bytecode, args }));
    const receipt = await request("eth_getTransactionReceipt", [hash]);
    return (receipt as { readonly contractAddress: Address }).contractAddress;
  };
  const token = await deploy("TestDollar", []);
  const mint = { abi: testDollarAbi as Abi, functionName: "mint", args: [OPERATOR.address, TREASURY] };
  await transact(request, OPERATOR.address, token, encodeFunctionData(mint));
  return deploy("Floodgate", [
    {
      token,
      allotmentPeriod: 36_000,
      claimPeriod: 172_800,
      owner: OWNER.address,
      operator: OPERATOR.address,
      allotter: ALLOTTER.address,
      bondBudget: 0n,
      feeRecipient: OWNER.address,
      feeBps: 100,
    },
  ]);
}
