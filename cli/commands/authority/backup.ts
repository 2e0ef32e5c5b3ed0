import type { Command } from "commander";
import type { StoreSummary } from "../../../authority/store/copies/verify.ts";
import { addCommand, type CommonOptions, contextOf, type Runtime } from "../../runtime.ts";

/** Commands for copies of the authority's home. `authority`: the command that they belong to. */
export function addBackupCommands(authority: Command, runtime: Runtime): void {
  addCommand(authority, "backup", "copy the authority's store, secrets and torrents while it runs", [
    "authority backup --out /backups/monday --home ~/authority",
  ])
    .requiredOption("--out <directory>", "new directory for the copy; the keys are not in it")
    .action(async (options: CommonOptions & { readonly out: string }) => {
      const { output, home } = contextOf(runtime, options);
      const { backUp } = await import("../../../authority/backup/backup.ts");
      const summary = await backUp(home, options.out);
      output.event("backup", { out: options.out, ...summary }, `backup in ${options.out}: ${describe(summary)}`);
    });

  addCommand(authority, "restore", "put a backup into a home without a store", [
    "authority restore --from /backups/monday --home ~/authority",
  ])
    .requiredOption("--from <directory>", "what `authority backup` has written")
    .action(async (options: CommonOptions & { readonly from: string }) => {
      const { output, home } = contextOf(runtime, options);
      const { restore } = await import("../../../authority/backup/backup.ts");
      const summary = await restore(options.from, home);
      const next = "start the authority: it asks chain and payees for what came after the backup";
      output.event("restored", { home, ...summary }, `restored ${describe(summary)}; ${next}`);
    });

  addCommand(authority, "verify", "read all of the authority's store, or of a backup, and check it", [
    "authority verify --home ~/authority",
    "authority verify --from /backups/monday",
  ])
    .option("--from <directory>", "a backup (default: the home)")
    .action(async (options: CommonOptions & { readonly from?: string }) => {
      const { output, home } = contextOf(runtime, options);
      const { verifyStore } = await import("../../../authority/store/copies/verify.ts");
      const summary = verifyStore(options.from ?? home);
      output.event("verified", { ...summary }, `the store is sound: ${describe(summary)}`);
    });
}

function describe({ accounts, lanes, bundles, block }: StoreSummary): string {
  return `${accounts} accounts, ${lanes} lanes, ${bundles} bundles, up to block ${block ?? "none"}`;
}
