import type { Command } from "commander";
import type { Address } from "../../../protocol/ids.ts";
import { addressArgument, urlArgument, wholeNumber } from "../arguments.ts";
import { addCommand, type CommonOptions, contextOf, type Runtime } from "../command.ts";

interface Options extends CommonOptions {
  readonly rpc: string;
  readonly contract: Address;
  readonly fromBlock?: number;
}

export function addAuditCommand(program: Command, runtime: Runtime): void {
  addCommand(program, "audit", "check a contract's whole history from the chain alone, trusting nobody", [
    "audit --rpc http://127.0.0.1:8545 --contract 0x...",
  ])
    .requiredOption("--rpc <url>", "address of a chain node", urlArgument)
    .requiredOption("--contract <address>", "address of the Floodgate contract", addressArgument)
    .option("--from-block <number>", "block of the contract's creation (default: looked up)", wholeNumber(0, 2 ** 50))
    .action(async (options: Options) => {
      const { output, signal } = contextOf(runtime, options);
      const [{ runAudit }, { formatReport }] = await Promise.all([
        import("../../audit/audit.ts"),
        import("../../audit/format-report.ts"),
      ]);
      const report = await runAudit({
        rpcUrl: options.rpc,
        contract: options.contract,
        fromBlock: options.fromBlock ?? null,
        signal,
      });
      output.event("done", { ...report }, formatReport(report));
      if (!report.ok) {
        const { VerificationError } = await import("../exit-codes.ts");
        throw new VerificationError("AUDIT_FAILED", "the audit found what must not be: see the report above");
      }
    });
}
