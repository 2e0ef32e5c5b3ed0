import type { Command } from "commander";
import { addCommand, type CommonOptions, contextOf, type Runtime } from "../runtime.ts";

interface ExportOptions extends CommonOptions {
  readonly out?: string;
}

export function addVoucherCommands(program: Command, runtime: Runtime): void {
  const vouchers = program
    .command("vouchers")
    .summary("what this home holds as payee")
    .description("What this home holds as payee: the authority's word, the payer's, and the authority's receipt.");
  addCommand(vouchers, "ls", "list the vouchers of this home, and what the authority has of them", [
    "vouchers ls",
  ]).action(async (options: CommonOptions) => {
    const context = contextOf(runtime, options);
    const { listVouchers } = await import("../account/vouchers.ts");
    await listVouchers(context);
  });
  addCommand(vouchers, "export", "write the vouchers of this home as evidence for an audit", [
    "vouchers export --out vouchers.jsonl",
    "vouchers export > vouchers.jsonl",
  ])
    .option("--out <file>", "file to write, replaced when it is there (default: standard output)")
    .action(async (options: ExportOptions) => {
      const context = contextOf(runtime, options);
      const { exportVouchers } = await import("../account/vouchers.ts");
      await exportVouchers(context, options.out);
    });
}
