import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FloodgateError } from "../../protocol/base/errors.ts";
import { CommandRunner } from "../devnet/command.ts";
import { DEMO_HELP, type DemoOptions, parseDemoOptions } from "./options.ts";
import { formatResult, toJson } from "./report.ts";
import { runStory } from "./story.ts";

/**
 * `npm run demo`: all of Floodgate on this machine, with real processes, a real file and a real
 * chain.
 */
async function main(args: readonly string[]): Promise<number> {
  const options = parseDemoOptions(args);
  if (options === "help") {
    console.log(DEMO_HELP);
    return 0;
  }
  const output = options.json ? process.stderr : process.stdout;
  const directory = mkdtempSync(join(tmpdir(), "floodgate-demo-"));
  const say = (line: string): boolean => output.write(`${line}\n`);
  const runner = new CommandRunner({ FLOODGATE_PASSPHRASE: randomBytes(16).toString("hex") }, (line) =>
    say(`  $ ${line.replaceAll(directory, "$DEMO")}`),
  );
  const interrupted = new Promise<"interrupted">((resolve) => {
    // Not `once`: log-update ends a process that listens no more, before it has cleaned up.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve("interrupted"));
  });
  try {
    // Someone who watches may want to look around. Programs want the result, and the end.
    const stays = !options.json && process.stdout.isTTY === true;
    const told = await Promise.race([tell(options, runner, directory, output, stays), interrupted.then(() => 130)]);
    if (stays && told !== 130) await interrupted;
    return told;
  } finally {
    await runner.stopAll();
    if (options.keep) say(`Data left in ${directory}`);
    else rmSync(directory, { recursive: true, force: true });
  }
}

async function tell(
  options: DemoOptions,
  runner: CommandRunner,
  directory: string,
  output: NodeJS.WriteStream,
  stays: boolean,
): Promise<number> {
  const startedAt = performance.now();
  const result = await runStory({
    ...options,
    stays,
    fileBytes: statSync(options.file).size,
    directory,
    runner,
    output,
    elapsed: () => Math.round((performance.now() - startedAt) / 100) / 10,
  });
  output.write(`\n${formatResult(result)}\n`);
  if (options.json) process.stdout.write(`${toJson(result)}\n`);
  return result.ok ? 0 : 7;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const code = error instanceof FloodgateError ? error.code : "INTERNAL";
  process.stderr.write(`error: ${(error as Error).message} (${code})\n`);
  process.exitCode = code === "USAGE" || code === "AMOUNT_INVALID" ? 2 : 1;
}
