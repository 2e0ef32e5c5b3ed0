import type { Argument, Command, Option } from "commander";
import { createProgram } from "../../cli/run.ts";

/** The definitions of the commands, as pages are made from them. */

/** Commands that can be run, in the order of the help; a group is only a name. */
export function leavesOf(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

export function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}

/** What the command's help says behind its options: the examples; null when there are none. */
export function examplesOf(command: Command): string | null {
  const written: string[] = [];
  command.configureOutput({ writeOut: (text) => written.push(text) }).outputHelp();
  const examples = written.join("").split("\nExamples:\n")[1]?.split("\n\n")[0]?.trimEnd();
  return examples === undefined ? null : examples.replace(/^ {2}/gm, "");
}

export function meaningOf({ description, defaultValue }: Option): string {
  const isShown = defaultValue !== undefined && typeof defaultValue !== "boolean" && `${defaultValue}` !== "";
  return `${description}${isShown ? ` (default: ${defaultValue})` : ""}`;
}

export function usageOf(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** No command is run: its definition is read. */
export function createDocumentedProgram(): Command {
  return createProgram({
    environment: { userHome: "", home: "", passphrase: undefined },
    signal: AbortSignal.abort(),
    stdout: process.stdout,
    stderr: process.stderr,
    prompt: null,
    confirm: null,
  });
}
