import { Argument, type Command } from "commander";
import type { Shell } from "../completion/scripts.ts";
import { addCommand, type CommonOptions, contextOf, type Runtime } from "../runtime.ts";

export function addCompletionCommand(program: Command, runtime: Runtime): void {
  addCommand(program, "completion", "print a script that completes commands and options at a Tab", [
    "completion bash > ~/.local/share/bash-completion/completions/floodgate",
    'completion zsh > "$' + '{fpath[1]}/_floodgate"',
    "completion fish > ~/.config/fish/completions/floodgate.fish",
  ])
    .addArgument(new Argument("<shell>", "bash, zsh or fish").choices(["bash", "zsh", "fish"]))
    .action(async (shell: Shell, options: CommonOptions) => {
      const [{ describeCommands }, { completionScript }] = await Promise.all([
        import("../completion/describe.ts"),
        import("../completion/scripts.ts"),
      ]);
      const script = completionScript(shell, describeCommands(program));
      contextOf(runtime, options).output.event("done", { shell, script }, script.trimEnd());
    });
}
