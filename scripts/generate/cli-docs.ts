import type { Argument, Command, Option } from "commander";
import { EXIT_CODES } from "../../cli/exit-codes.ts";
import { createProgram } from "../../cli/run.ts";
import { page, table, writeOrCheck } from "./generated-file.ts";

/** Writes docs/cli.md from the definitions of the commands: npm run docs */

const INTRODUCTION = `In a clone of the repository write \`npm run floodgate -- COMMAND\`, or put \`cli/floodgate.mjs\` into
your path as \`floodgate\`. Every command takes three options besides its own:

- \`--help\` prints what is written here,
- \`--json\` prints one JSON object per line; the last line of a command that is done is its result
  ([json.md](json.md)),
- \`--home <directory>\` says where the account keeps its files (default: \`$FLOODGATE_HOME\`).`;

const COMMON_OPTIONS = ["--home <directory>", "--json"];

/** Commands that can be run, in the order of the help; a group is only a name. */
function leavesOf(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}

function sectionOf(command: Command): string {
  const name = nameOf(command);
  const words = [...command.registeredArguments.map(usageOf), "[options]"].join(" ");
  const parts = [`### ${name}`, asSentence(command.description()), `\`\`\`\n${name} ${words}\n\`\`\``];
  if (command.registeredArguments.length > 0)
    parts.push(
      table(
        ["Argument", "Meaning"],
        command.registeredArguments.map((argument) => [code(usageOf(argument)), argument.description]),
      ),
    );
  const own = command.options.filter(({ flags, hidden }) => !hidden && !COMMON_OPTIONS.includes(flags));
  if (own.length > 0)
    parts.push(
      table(
        ["Option", "Meaning"],
        own.map((option) => [code(option.flags), meaningOf(option)]),
      ),
    );
  return [...parts, ...textAfter(command)].join("\n\n");
}

/** What the command's help says behind its options: the examples. */
function textAfter(command: Command): string[] {
  const written: string[] = [];
  command.configureOutput({ writeOut: (text) => written.push(text) }).outputHelp();
  const examples = written.join("").split("\nExamples:\n")[1]?.split("\n\n")[0]?.trimEnd();
  return examples === undefined ? [] : [`\`\`\`sh\n${examples.replace(/^ {2}/gm, "")}\n\`\`\``];
}

function meaningOf({ description, defaultValue, mandatory }: Option): string {
  const isShown = defaultValue !== undefined && typeof defaultValue !== "boolean" && `${defaultValue}` !== "";
  return `${description}${isShown ? ` (default: ${defaultValue})` : ""}${mandatory ? "; required" : ""}`;
}

function usageOf(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
}

const code = (text: string): string => `\`${text}\``;
const asSentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\\.$/, "")}.`;

/** No command is run: its definition is read. */
const program = createProgram({
  environment: { home: "", passphrase: undefined },
  signal: AbortSignal.abort(),
  stdout: process.stdout,
  stderr: process.stderr,
  prompt: null,
});

const commands = program.commands.flatMap(leavesOf);
writeOrCheck(
  "docs/cli.md",
  page("The command line", "cli-docs.ts", [
    INTRODUCTION,
    "## Commands",
    table(
      ["Command", "What it does"],
      commands.map((command) => [code(nameOf(command)), command.description()]),
    ),
    ...commands.map(sectionOf),
    "## Exit codes",
    table(
      ["Exit", "Meaning"],
      Object.entries(EXIT_CODES).map(([exit, meaning]) => [exit, meaning]),
    ),
    "Which error ends with which exit code is written in [errors.md](errors.md).",
  ]),
);
