import { readFile } from "node:fs/promises";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import type { Rpc } from "../../client/chain/rpc.ts";
import { createPrivateFile } from "../../client/wallet/private-file.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { AddressSchema, HashSchema } from "../../protocol/base/schemas.ts";

const Seconds = Type.Integer({ minimum: 1 });

/** What `deploy` leaves behind for `authority start`. It holds no secret. */
const DeploymentSchema = Type.Object(
  {
    version: Type.Literal(1),
    chainId: Type.Integer({ minimum: 1 }),
    /** Two devnets share a chain id, never a genesis block. */
    genesisHash: HashSchema,
    contract: AddressSchema,
    token: AddressSchema,
    deployedAtBlock: Type.Integer({ minimum: 0 }),
    /** Contracts that serve this one, and hold no money; absent in files of version 0.1. */
    periphery: Type.Optional(
      Type.Object({ depositor: AddressSchema, lens: AddressSchema }, { additionalProperties: false }),
    ),
    operator: AddressSchema,
    allotter: AddressSchema,
    /** How the contract was made, for whoever checks it; absent in files of version 0.1. */
    creation: Type.Optional(
      Type.Object(
        {
          /** The contract that created it by CREATE2, and the salt. */
          deployer: AddressSchema,
          salt: HashSchema,
          /** ABI-encoded. */
          constructorArguments: Type.String({ pattern: "^0x([0-9a-f]{2})*$" }),
          /** Keccak-256 of the deployed code, immutables included. */
          codeHash: HashSchema,
          immutables: Type.Object(
            { token: AddressSchema, allotmentPeriodSec: Seconds, claimPeriodSec: Seconds },
            { additionalProperties: false },
          ),
          /** Owner at the beginning: `timelock`, if there is one, whose only person is `person`. */
          owner: AddressSchema,
          timelock: Type.Union([
            Type.Null(),
            Type.Object({ delaySec: Seconds, person: AddressSchema }, { additionalProperties: false }),
          ]),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type DeploymentFile = Static<typeof DeploymentSchema>;

export const DEPLOYMENT_FILE = "deployment.json";

/** @throws {InputError} FILE_EXISTS */
export async function writeDeployment(path: string, deployment: DeploymentFile): Promise<void> {
  await createPrivateFile(path, `${JSON.stringify(deployment, null, 2)}\n`);
}

/** @throws {InputError} DEPLOYMENT_MISSING, DEPLOYMENT_INVALID */
export async function readDeployment(path: string): Promise<DeploymentFile> {
  const value = parseJson(await readText(path));
  if (!Value.Check(DeploymentSchema, value)) {
    throw new InputError("DEPLOYMENT_INVALID", `${path} is not a deployment file: \`floodgate deploy\` writes it`);
  }
  return value;
}

/**
 * @throws {InputError} CHAIN_MISMATCH when the contract was deployed on another chain, or on a
 * devnet that has restarted
 */
export function checkChain(deployment: DeploymentFile, rpc: Rpc, path: string): void {
  if (deployment.chainId !== rpc.chainId) {
    throw new InputError(
      "CHAIN_MISMATCH",
      `${path} is of chain ${deployment.chainId}, but ${rpc.url} is chain ${rpc.chainId}: give the right --rpc or --deployment`,
    );
  }
  if (deployment.genesisHash !== rpc.genesisHash) {
    throw new InputError(
      "CHAIN_MISMATCH",
      `${path} is of another chain with the same id ${rpc.chainId} (a devnet forgets everything when it stops): deploy again with a fresh --home`,
    );
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new InputError(
      "DEPLOYMENT_MISSING",
      `cannot read the deployment file ${path}: run \`floodgate deploy\` first, or check --deployment and --home`,
      { cause: error },
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema refuses undefined together with JSON of another shape.
    return undefined;
  }
}
