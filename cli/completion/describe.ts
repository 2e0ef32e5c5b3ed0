import type { Command } from "commander";

/** What a shell needs to complete a command line, read from the definitions of the commands. */
export interface Described {
  /** Words of the command: "wallet new"; empty for the program itself. */
  readonly path: string;
  readonly summary: string;
  /** The next words: the commands of a group. */
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly DescribedOption[];
  /** Its argument is a file. */
  readonly takesFile: boolean;
}

export interface DescribedOption {
  /** With its dashes. */
  readonly name: string;
  readonly summary: string;
  readonly value: "none" | "file" | "directory" | "other";
}

export function describeCommands(program: Command): readonly Described[] {
  return describe(program, []);
}

function describe(command: Command, words: readonly string[]): readonly Described[] {
  const options = command.options.map(({ long, description, flags }) => ({
    name: long ?? flags,
    summary: firstPart(description),
    value: kindOf(flags),
  }));
  const own: Described = {
    path: words.join(" "),
    summary: command.summary() || command.description(),
    commands: command.commands.map((child) => ({ name: child.name(), summary: child.summary() })),
    options: [...options, { name: "--help", summary: "show help", value: "none" }],
    takesFile: command.registeredArguments.some((argument) => /^(file|path)$/.test(argument.name())),
  };
  return [own, ...command.commands.flatMap((child) => describe(child, [...words, child.name()]))];
}

function kindOf(flags: string): DescribedOption["value"] {
  if (/<(file|path)>/.test(flags)) return "file";
  if (flags.includes("<directory>")) return "directory";
  return flags.includes("<") ? "other" : "none";
}

/** Short enough for a list. */
function firstPart(text: string): string {
  return text.split(/[;:(]/, 1)[0]?.trim() ?? "";
}
