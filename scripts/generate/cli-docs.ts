import type { Command } from "commander";
import { EXIT_CODES } from "../../cli/exit-codes.ts";
import { createDocumentedProgram, examplesOf, leavesOf, meaningOf, nameOf, usageOf } from "./cli-definitions.ts";
import { page, table, writeOrCheck } from "./generated-file.ts";

/** Writes docs/cli.md from the definitions of the commands: npm run docs */

const INTRODUCTION = `In a clone of the repository write \`npm run floodgate -- COMMAND\`, or put \`cli/floodgate.mjs\` into
your path as \`floodgate\`. Every command takes three options besides its own:

- \`--help\` prints what is written here,
- \`--json\` prints one JSON object per line; the last line of a command that is done is its result
  ([json.md](json.md)),
- \`--home <directory>\` says where the account keeps its files (default: \`$FLOODGATE_HOME\`).`;

const COMMON_OPTIONS = ["--home <directory>", "--json"];

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
  const examples = examplesOf(command);
  return [...parts, ...(examples === null ? [] : [`\`\`\`sh\n${examples}\n\`\`\``])].join("\n\n");
}

const code = (text: string): string => `\`${text}\``;
const asSentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\\.$/, "")}.`;

const program = createDocumentedProgram();

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
