import { type Command, CommanderError, type Option } from "commander";
import { type Environment, expandTilde } from "./config.ts";

/** What is checked once a command line is read, so that a misspelled option is named first. */

/** Options that may be left out where a home remembers them. */
const REMEMBERED: ReadonlySet<string> = new Set(["authority", "rpc", "contract"]);
/** Options and arguments that name a file or a directory. */
const PATH = /<(file|directory|path)>/;

export function addLateChecks(program: Command, environment: Environment): void {
  const required = takeRequired(program);
  program.hook("preAction", async (_program, command) => {
    for (const option of command.options) {
      const name = option.attributeName();
      const value: unknown = command.getOptionValue(name);
      if (typeof value === "string" && PATH.test(option.flags))
        command.setOptionValue(name, expandTilde(value, environment));
    }
    for (const [index, argument] of command.registeredArguments.entries()) {
      const value: unknown = command.processedArgs[index];
      if (typeof value === "string" && /^(file|path)$/.test(argument.name()))
        command.processedArgs[index] = expandTilde(value, environment);
    }
    const absent = command.options.filter(
      (option) => required.has(option) && command.getOptionValue(option.attributeName()) === undefined,
    );
    for (const option of absent) await remember(command, option, environment);
  });
}

/**
 * Takes a required option from what the home remembers.
 * @throws {CommanderError} when it remembers nothing
 */
async function remember(command: Command, option: Option, environment: Environment): Promise<void> {
  const name = option.attributeName();
  if (!REMEMBERED.has(name)) throw missing(option);
  const { readDefaults } = await import("./network-defaults.ts");
  const home: string | undefined = command.getOptionValue("home");
  const defaults = readDefaults(home === undefined ? [environment.home] : [home, ...homeOf(environment)]);
  const value = defaults?.[name as keyof typeof defaults];
  if (value === undefined) throw missing(option);
  command.setOptionValueWithSource(name, option.parseArg ? option.parseArg(value, undefined) : value, "config");
}

/** commander looks for required options first, and names no other mistake then. */
function takeRequired(command: Command): Set<Option> {
  const required = new Set(command.options.filter(({ mandatory }) => mandatory));
  for (const option of required) {
    option.mandatory = false;
    option.description += REMEMBERED.has(option.attributeName())
      ? "; required, unless `floodgate up` has left it"
      : "; required";
  }
  return new Set([...required, ...command.commands.flatMap((child) => [...takeRequired(child)])]);
}

function missing({ flags }: Option): CommanderError {
  return new CommanderError(2, "commander.missingMandatoryOptionValue", `required option '${flags}' not specified`);
}

/** A user without a home directory has none that could remember. */
function homeOf(environment: Environment): readonly string[] {
  try {
    return [environment.home];
  } catch {
    return [];
  }
}
