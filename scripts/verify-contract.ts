import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import process, { stdout } from "node:process";
import { parseArgs } from "node:util";
import { ensureContracts } from "../cli/deploy/contracts.ts";
import { readDeployment } from "../cli/deploy/deployment-file.ts";
import { openRpc } from "../client/chain/rpc.ts";
import { compileAlone, judgeCode, readStandardInput } from "./verify/standard-json.ts";

/**
 * Checks that a deployed contract is what these sources give: npm run verify-contract -- --rpc URL
 * --deployment FILE [--out FILE]. It writes the compiler's standard JSON input, which block
 * explorers take, too.
 */

const HELP = `usage: npm run verify-contract -- --rpc <url> --deployment <file> [--out <file>]

Writes the standard JSON input of the compiler (default: cache/standard-input.json), compiles it anew
with the pinned solc, and compares the result with the code on the chain. Immutables are compared by
the address: it follows from creation code and constructor arguments.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rpc: { type: "string" },
      deployment: { type: "string" },
      out: { type: "string", default: "cache/standard-input.json" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help || values.rpc === undefined || values.deployment === undefined) {
    stdout.write(HELP);
    return values.help ? 0 : 2;
  }
  const deployment = await readDeployment(values.deployment);
  const rpc = await openRpc(values.rpc);
  const deployed = await rpc.client.getCode({ address: deployment.contract as `0x${string}` });
  await ensureContracts();
  const input = readStandardInput();
  await mkdir(dirname(values.out), { recursive: true });
  await writeFile(values.out, `${JSON.stringify(input, null, 2)}\n`);
  stdout.write(`${values.out} is the standard JSON input; compiling it takes a minute or two\n`);

  const findings = judgeCode(deployment, rpc.chainId, deployed ?? "0x", compileAlone(input));
  for (const finding of findings) stdout.write(`error: ${finding}\n`);
  if (findings.length === 0) stdout.write(`${deployment.contract} on chain ${rpc.chainId} is made of these sources\n`);
  return findings.length === 0 ? 0 : 7;
}

process.exitCode = await main();
