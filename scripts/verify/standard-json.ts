import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Hex, keccak256 } from "viem";
import { readArtifact } from "../../cli/deploy/contracts.ts";
import { addressOf, DEPLOYER, SALT } from "../../cli/deploy/create2.ts";
import type { DeploymentFile } from "../../cli/deploy/deployment-file.ts";
import { FloodgateError } from "../../protocol/base/errors.ts";

const CONTRACT = "Floodgate";
const BUILD_INFO = join(import.meta.dirname, "../../artifacts/build-info");

/** The compiler's standard JSON input: sources and settings. */
export interface StandardInput {
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Where the compiler left room for an immutable in the deployed code: bytes. */
interface Place {
  readonly start: number;
  readonly length: number;
}

export interface Compiled {
  readonly creation: Hex;
  readonly runtime: Hex;
  readonly immutables: readonly Place[];
}

/** The input that the shipped build was compiled from, with only the contract's code as output. */
export function readStandardInput(): StandardInput {
  const { buildInfoId, inputSourceName } = readArtifact(CONTRACT);
  const { input } = JSON.parse(readFileSync(join(BUILD_INFO, `${buildInfoId}.json`), "utf8")) as {
    input: StandardInput;
  };
  const outputSelection = {
    [inputSourceName]: {
      [CONTRACT]: [
        "evm.bytecode.object",
        "evm.deployedBytecode.object",
        "evm.deployedBytecode.immutableReferences",
        "metadata",
      ],
    },
  };
  return { ...input, settings: { ...input.settings, outputSelection } };
}

/** Compiles the input with the pinned solc, past Hardhat. @throws {FloodgateError} BUILD_FAILED */
export function compileAlone(input: StandardInput): Compiled {
  const solc = createRequire(import.meta.url)("solc") as { compile(text: string): string };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as Output;
  const errors = (output.errors ?? []).filter(({ severity }) => severity === "error");
  const contract = output.contracts?.[readArtifact(CONTRACT).inputSourceName]?.[CONTRACT];
  if (errors.length > 0 || contract === undefined) {
    throw new FloodgateError("BUILD_FAILED", errors.map(({ formattedMessage }) => formattedMessage).join("\n"));
  }
  const { bytecode, deployedBytecode } = contract.evm;
  return {
    creation: `0x${bytecode.object}`,
    runtime: `0x${deployedBytecode.object}`,
    immutables: Object.values(deployedBytecode.immutableReferences).flat(),
  };
}

/** What is wrong with the code on the chain; nothing if it is what the sources give. */
export function judgeCode(
  { chainId, contract, creation }: DeploymentFile,
  actualChainId: number,
  deployed: Hex,
  compiled: Compiled,
): string[] {
  if (chainId !== actualChainId) return [`the deployment is of chain ${chainId}, the node of chain ${actualChainId}`];
  if (deployed === "0x") return [`there is no contract at ${contract}`];
  const findings: string[] = [];
  if (mask(deployed, compiled.immutables) !== mask(compiled.runtime, compiled.immutables))
    findings.push("the deployed code is not what the sources give");
  if (creation === undefined) return [...findings, "the deployment file does not say how the contract was made"];
  if (keccak256(deployed) !== creation.codeHash)
    findings.push("the deployed code has another hash than the deployment file says");
  if (creation.deployer.toLowerCase() !== DEPLOYER || creation.salt !== SALT)
    findings.push("the deployment file names another deployer or salt than these programs use");
  const address = addressOf(`${compiled.creation}${creation.constructorArguments.slice(2)}` as Hex);
  if (address !== contract.toLowerCase())
    findings.push(`these sources and constructor arguments give the address ${address}, not ${contract}`);
  return findings;
}

/** The code with zeros where immutables are. */
function mask(code: Hex, places: readonly Place[]): string {
  return places.reduce((text, { start, length }) => {
    const from = 2 + 2 * start;
    return `${text.slice(0, from)}${"00".repeat(length)}${text.slice(from + 2 * length)}`;
  }, code as string);
}

interface Output {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly evm: {
              readonly bytecode: { readonly object: string };
              readonly deployedBytecode: {
                readonly object: string;
                readonly immutableReferences: Readonly<Record<string, readonly Place[]>>;
              };
            };
          }
        >
      >
    >
  >;
}
