import type { Command } from "commander";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../../runtime.ts";
import { readTextFile } from "../../text-file.ts";
import { formatVerdict } from "./format-verdict.ts";

export function addVerify(audit: Command, runtime: Runtime): void {
  addCommand(audit, "verify", "check a file of `audit prove` without any network", ["audit verify lane.json"])
    .argument("<file>", "the file")
    .action((file: string, options: CommonOptions) => verifyFile(contextOf(runtime, options), file));
}

/** @throws {ProtocolError} PROOF_INVALID; {InputError} FILE_UNREADABLE */
async function verifyFile(context: CommandContext, path: string): Promise<void> {
  const [{ decodeProof }, { MAX_PROOF_BYTES }, { verifyProof }] = await Promise.all([
    import("../../../audit/proof/proof-file.ts"),
    import("../../../audit/proof/limits.ts"),
    import("../../../audit/proof/verify-proof.ts"),
  ]);
  const verdict = verifyProof(decodeProof(await readTextFile(path, MAX_PROOF_BYTES)));
  context.output.event("done", { ...verdict }, `${formatVerdict(verdict)}\n\nAll in this file fits.`);
}
