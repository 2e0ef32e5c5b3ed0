import { argv, exit, stderr, stdout } from "node:process";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

type Values<T extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ args: string[]; options: T }>>["values"];

/**
 * The options of a tool's command line. `--help` ends the program with 0, an unknown option with 2.
 */
export function readOptions<T extends ParseArgsOptionsConfig>(help: string, options: T): Values<T> {
  const args = argv.slice(2);
  if (args.includes("--help")) {
    stdout.write(`${help}\n`);
    exit(0);
  }
  try {
    return parseArgs<{ args: string[]; options: T }>({ args, options }).values;
  } catch (error) {
    stderr.write(`error: ${(error as Error).message}; --help lists the options (USAGE)\n`);
    exit(2);
  }
}
