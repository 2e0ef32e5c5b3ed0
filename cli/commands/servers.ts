import { once } from "node:events";
import { join } from "node:path";
import type { Command } from "commander";
import { hostArgument, portArgument, urlArgument, wholeNumber } from "../arguments.ts";
import { addCommand, type CommonOptions, contextOf, type Runtime } from "../runtime.ts";

interface AuthorityOptions extends CommonOptions {
  readonly rpc: string;
  readonly host: string;
  readonly port: number;
  readonly trackerUrl: string;
  readonly deployment?: string;
  readonly domain?: string;
  readonly logLevel: string;
  readonly confirmations: number;
  readonly requestsPerMinute: number;
}

interface TrackerOptions extends CommonOptions {
  readonly authority: string;
  readonly host: string;
  readonly port: number;
  readonly secretFile?: string;
  readonly interval: number;
}

export function addServerCommands(program: Command, runtime: Runtime): void {
  const authority = program.command("authority").summary("run the authority").description("The authority.");
  addCommand(authority, "start", "run the authority: accounts, torrents, allotments, vouchers, settlement", [
    "authority start --rpc http://127.0.0.1:8545 --port 8600 --tracker-url http://127.0.0.1:8700/announce --home ~/authority",
  ])
    .requiredOption("--rpc <url>", "address of the chain's node", urlArgument)
    .requiredOption("--tracker-url <url>", "announce address of the tracker, as it stands in published torrents")
    .option("--host <address>", "address to listen on", hostArgument, "127.0.0.1")
    .option("--port <port>", "TCP port of the API, 0 for any free one", portArgument, 8600)
    .option("--deployment <file>", "deployment file (default: deployment.json in the home)")
    .option("--domain <host>", "host that logins and bundles name (default: the address that it listens on)")
    .option("--confirmations <blocks>", "blocks that must follow before a block counts", wholeNumber(0, 1_000), 2)
    .option(
      "--requests-per-minute <count>",
      "most requests that one address may send",
      wholeNumber(1, 1_000_000),
      6_000,
    )
    .option("--log-level <level>", "what goes to standard error: fatal, error, warn, info, debug, silent", "warn")
    .action(async (options: AuthorityOptions) => {
      const { output, home, signal } = contextOf(runtime, options);
      const [{ startAuthority }, { checkChain, DEPLOYMENT_FILE, readDeployment }, keys, { openRpc }] =
        await Promise.all([
          import("../../authority/main.ts"),
          import("../deploy/deployment-file.ts"),
          import("../deploy/key-file.ts"),
          import("../../client/chain/rpc.ts"),
        ]);
      const path = options.deployment ?? join(home, DEPLOYMENT_FILE);
      const deployment = await readDeployment(path);
      checkChain(deployment, await openRpc(options.rpc), path);
      const failed = Promise.withResolvers<never>();
      const running = await startAuthority(
        {
          home,
          host: options.host,
          port: options.port,
          rpcUrl: options.rpc,
          contract: deployment.contract,
          deployedAtBlock: deployment.deployedAtBlock,
          trackerUrl: options.trackerUrl,
          operatorKey: await keys.readKeyFile(join(home, keys.OPERATOR_KEY_FILE)),
          allotterKey: await keys.readKeyFile(join(home, keys.ALLOTTER_KEY_FILE)),
          confirmations: options.confirmations,
          logLevel: options.logLevel,
          requestsPerMinute: options.requestsPerMinute,
          ...(options.domain === undefined ? {} : { domain: options.domain }),
        },
        failed.reject,
      );
      const { contract } = deployment;
      output.event(
        "ready",
        { url: running.url, contract },
        `authority listens at ${running.url} (stop it with Ctrl-C)`,
      );
      await Promise.race([untilAborted(signal), failed.promise]);
      await running.stop();
    });

  const tracker = program.command("tracker").summary("run the tracker").description("The tracker.");
  addCommand(tracker, "start", "run the tracker: who is in a swarm, over HTTP and WebSocket", [
    "tracker start --authority http://127.0.0.1:8600 --port 8700 --home ~/authority",
  ])
    .requiredOption("--authority <url>", "address of the authority's API", urlArgument)
    .option("--host <address>", "address to listen on", hostArgument, "127.0.0.1")
    .option("--port <port>", "TCP port, 0 for any free one", portArgument, 8700)
    .option("--secret-file <file>", "the authority's operator secret (default: operator-secret in the home)")
    .option("--interval <seconds>", "how often peers announce", wholeNumber(5, 3_600), 60)
    .action(async (options: TrackerOptions) => {
      const { output, home, signal } = contextOf(runtime, options);
      const [{ startTracker }, { readOperatorSecret }, { checkOperatorSecret }] = await Promise.all([
        import("../../tracker/main.ts"),
        import("../deploy/operator-secret.ts"),
        import("../deploy/check-operator.ts"),
      ]);
      const operatorSecret = await readOperatorSecret(options.secretFile, home);
      await checkOperatorSecret(options.authority, operatorSecret);
      const running = await startTracker({
        host: options.host,
        port: options.port,
        authorityUrl: options.authority,
        operatorSecret,
        announceIntervalSec: options.interval,
        log: (message) => output.event("warning", { message }, message),
      });
      const { url, wsUrl } = running;
      output.event("ready", { url, wsUrl }, `tracker listens at ${url} and ${wsUrl} (stop it with Ctrl-C)`);
      await untilAborted(signal);
      await running.stop();
    });
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
