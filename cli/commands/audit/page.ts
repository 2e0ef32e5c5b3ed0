import type { Command } from "commander";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../../runtime.ts";

export function addPage(audit: Command, runtime: Runtime): void {
  const summary = "write the auditor's page as a folder that anyone can host";
  addCommand(audit, "page", summary, ["audit page ./auditor"])
    .argument("<folder>", "a new folder, or an empty one")
    .action((folder: string, options: CommonOptions) => writePage(contextOf(runtime, options), folder));
}

/** @throws {InputError} FILE_EXISTS */
async function writePage({ output }: CommandContext, folder: string): Promise<void> {
  const { writeStaticAuditPage } = await import("../../pages/static-audit-page.ts");
  const files = await writeStaticAuditPage(folder);
  const next = "Serve it by any web server: browsers start no scripts of files on disk";
  output.event("done", { folder, files }, `The auditor's page is in ${folder}, ${files.length} files. ${next}.`);
}
