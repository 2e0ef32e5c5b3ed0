import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FloodgateError } from "../../protocol/base/errors.ts";
import { openChainView } from "../devnet/chain-view.ts";
import { CommandRunner } from "../devnet/command.ts";
import type { RunningNetwork } from "../devnet/network.ts";
import type { Live } from "../live/live.ts";
import { Scene } from "../live/scene.ts";
import { DEMO_HELP, type DemoOptions, parseDemoOptions } from "./options.ts";
import { formatResult, toJson } from "./report.ts";
import { runStory, type StoryOptions } from "./story.ts";

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
  const scene = new Scene();
  // Its modules are read while the chain starts: the story does not wait for the page.
  const live = import("../live/live.ts").then(({ startLive }) => startLive(scene, (line) => say(`  ${line}`)));
  live.then(
    ({ url }) => say(`  live, in a browser: ${url}`),
    (error: Error) => say(`  there is no live page: ${error.message}`),
  );
  const runner = new CommandRunner({ FLOODGATE_PASSPHRASE: randomBytes(16).toString("hex") }, (line) => {
    const short = line.replaceAll(directory, "$DEMO");
    scene.say("command", short);
    say(`  $ ${short}`);
  });
  const interrupted = new Promise<"interrupted">((resolve) => {
    // Not `once`: log-update ends a process that listens no more, before it has cleaned up.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve("interrupted"));
  });
  const started = Promise.withResolvers<RunningNetwork>();
  try {
    // Someone who watches may want to look around. Programs want the result, and the end.
    const stays = !options.json && process.stdout.isTTY === true;
    const told = await Promise.race([
      tell({ ...options, stays, directory, runner, output, onNetwork: started.resolve }, scene, live),
      interrupted.then(() => 130),
    ]);
    if (stays && told !== 130) await breakThings(await live, directory, await started.promise, interrupted);
    return told;
  } finally {
    await runner.stopAll();
    await live.then(
      (page) => page[Symbol.asyncDispose](),
      () => undefined,
    );
    if (options.keep) say(`Data left in ${directory}`);
    else rmSync(directory, { recursive: true, force: true });
  }
}

/** Whoever watches may break things now, until Ctrl-C. */
async function breakThings(
  live: Live,
  directory: string,
  network: RunningNetwork,
  interrupted: Promise<unknown>,
): Promise<void> {
  // The story needs none of it.
  const { openDesk, shownRunner } = await import("./open-desk.ts");
  const devnet = openChainView(network.rpcUrl, network.contract, network.token);
  const place = { directory, network, devnet };
  await using _desk = openDesk(live, place, shownRunner(live, place));
  await interrupted;
}

type Telling = DemoOptions & Pick<StoryOptions, "stays" | "directory" | "runner" | "output" | "onNetwork">;

async function tell(options: Telling, scene: Scene, live: Promise<Live>): Promise<number> {
  const { output } = options;
  const startedAt = performance.now();
  const result = await runStory({
    ...options,
    fileBytes: statSync(options.file).size,
    scene,
    onNetwork(network) {
      options.onNetwork(network);
      live.then(
        ({ watch }) => watch(network),
        () => undefined,
      );
    },
    elapsed: () => Math.round((performance.now() - startedAt) / 100) / 10,
  });
  output.write(`\n${formatResult(result)}\n`);
  if (options.json) process.stdout.write(`${toJson(result)}\n`);
  return result.ok ? 0 : 7;
}

try {
  process.exitCode = await main(process.argv.slice(2));
  // A case that was interrupted leaves connections open in this process.
  if (process.stdout.isTTY) process.exit();
} catch (error) {
  const code = error instanceof FloodgateError ? error.code : "INTERNAL";
  process.stderr.write(`error: ${(error as Error).message} (${code})\n`);
  process.exitCode = code === "USAGE" || code === "AMOUNT_INVALID" ? 2 : 1;
}
