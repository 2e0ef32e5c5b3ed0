import { domainSeparator, type PublicClient, parseAbi, zeroAddress } from "viem";
import type { Hex } from "../../protocol/base/bytes.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { readTokensOf } from "../../protocol/contract/reads.ts";
import { isContractsAnswer } from "./contracts-answer.ts";

/** What the owner of tokens must know to sign a permit (ERC-2612) of them. */
export interface Permit {
  /** Of the token's EIP-712 domain; chain id and contract are the token's. */
  readonly name: string;
  readonly version: string;
  readonly nonce: bigint;
  /** Base units that the owner has outside of the contract. */
  readonly tokens: Amount;
}

type Domain = Pick<Permit, "name" | "version">;

const ABI = parseAbi([
  "function eip712Domain() view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)",
  "function DOMAIN_SEPARATOR() view returns (bytes32)",
  "function PERMIT_TYPEHASH() view returns (bytes32)",
  "function name() view returns (string)",
  "function nonces(address owner) view returns (uint256)",
  "function floodgate() view returns (address)",
]);
/** keccak256 of ERC-2612's type; DAI and its kin have another one. */
const PERMIT_TYPE_HASH: Hex = "0x6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c9";
/** Tokens from before ERC-5267 do not say their version. */
const VERSIONS = ["1", "2"];

/**
 * Reads the token at the newest block. Null: it has no permit that a wallet could sign. What never
 * changes is read once.
 */
export function createPermitReader(
  client: PublicClient,
  { chainId, token }: { readonly chainId: number; readonly token: Address },
): (owner: Address) => Promise<Permit | null> {
  let known: Domain | null | undefined;
  return async (owner) => {
    known ??= await findDomain(client, chainId, token);
    if (known === null) return null;
    const [nonce, tokens] = await Promise.all([
      client.readContract({ address: token, abi: ABI, functionName: "nonces", args: [owner] }),
      readTokensOf(client, token, owner),
    ]);
    return { ...known, nonce, tokens };
  };
}

/** The domain is what the token's separator proves, whatever it calls itself. */
async function findDomain(client: PublicClient, chainId: number, token: Address): Promise<Domain | null> {
  const at = { address: token, abi: ABI } as const;
  const [separator, typeHash, said] = await Promise.all([
    orNull(client.readContract({ ...at, functionName: "DOMAIN_SEPARATOR" })),
    orNull(client.readContract({ ...at, functionName: "PERMIT_TYPEHASH" })),
    orNull(client.readContract({ ...at, functionName: "eip712Domain" })),
  ]);
  if (separator === null || (typeHash !== null && typeHash !== PERMIT_TYPE_HASH)) return null;
  const name = said?.[1] ?? (await orNull(client.readContract({ ...at, functionName: "name" })));
  if (name === null) return null;
  const separatorOf = (domain: Domain): Hex =>
    domainSeparator({ domain: { ...domain, chainId, verifyingContract: token } });
  const versions = said === null ? VERSIONS : [said[2]];
  const version = versions.find((one) => separatorOf({ name, version: one }) === separator);
  return version === undefined ? null : { name, version };
}

/** A contract that has no such function answers with an error, and so may a node that is away. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isContractsAnswer(error)) return null;
    throw error;
  }
}

/** @throws {InputError} CONFIG_INVALID: tokens that go there would go into another contract */
export async function checkDepositor(client: PublicClient, depositor: Address, contract: Address): Promise<void> {
  const at = { address: depositor, abi: ABI, functionName: "floodgate" } as const;
  const served = parseAddress((await orNull(client.readContract(at))) ?? zeroAddress);
  if (served !== contract)
    throw new InputError("CONFIG_INVALID", `wrong depositor: ${depositor} does not pay into ${contract}`);
}
