import { type Command, InvalidArgumentError } from "commander";
import type { AuditReport } from "../../../audit/audit-report.ts";
import type { Build } from "../../../audit/code/build.ts";
import type { Observer } from "../../../audit/replay/observer.ts";
import type { AuditOptions } from "../../../audit/session/audit-options.ts";
import { addressArgument, gatherUrls, wholeNumber } from "../../arguments.ts";
import type { CommandContext } from "../../runtime.ts";
import { readTextFile } from "../../text-file.ts";

/** Which history is audited, and which node tells it. */
export interface HistoryOptions {
  /** One node, or two that must agree. */
  readonly rpc: readonly string[];
  readonly chainId?: number;
  readonly contract: string;
  readonly fromBlock?: number;
  readonly toBlock?: number;
}

/** For examples in the help. */
export const AT = "--rpc http://127.0.0.1:8545 --contract 0x...";
const MAX_BLOCK = 2 ** 50;

export function onHistory(command: Command): Command {
  return command
    .requiredOption("--rpc <url>", "address of a chain node; given twice, both must say the same", gatherTwo)
    .option("--chain-id <number>", "the chain that it must be (default: any)", wholeNumber(1, MAX_BLOCK))
    .requiredOption("--contract <address>", "address of the Floodgate contract", addressArgument)
    .option(
      "--from-block <number>",
      "block of the contract's creation (default: it is searched for)",
      wholeNumber(0, MAX_BLOCK),
    )
    .option("--to-block <number>", "last block to read (default: the newest)", wholeNumber(0, MAX_BLOCK));
}

/** Audits a history while these observers look on. */
export async function auditWith(
  context: CommandContext,
  options: HistoryOptions,
  observers: readonly Observer[],
): Promise<AuditReport> {
  const { runAudit } = await import("../../../audit/audit.ts");
  return runAudit({ ...auditOptionsOf(context, options), observers: () => observers });
}

export function auditOptionsOf({ signal }: CommandContext, options: HistoryOptions): AuditOptions {
  const [rpcUrl = "", secondRpcUrl] = options.rpc;
  const { contract, fromBlock, toBlock } = options;
  const chainId = options.chainId === undefined ? null : BigInt(options.chainId);
  return { rpcUrl, secondRpcUrl, chainId, contract, fromBlock, toBlock, signal };
}

function gatherTwo(value: string, before: readonly string[] = []): readonly string[] {
  if (before.length === 2) throw new InvalidArgumentError("Two nodes are enough.");
  return gatherUrls(value, before);
}

/**
 * The build in this file; undefined if none was given.
 * @throws {InputError} FILE_UNREADABLE, ARTIFACT_INVALID
 */
export async function readArtifact(path: string | undefined): Promise<Build | undefined> {
  if (path === undefined) return undefined;
  const { decodeArtifact, MAX_ARTIFACT_BYTES } = await import("../../../audit/code/artifact.ts");
  return decodeArtifact(await readTextFile(path, MAX_ARTIFACT_BYTES));
}
