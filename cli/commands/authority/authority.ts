import { join } from "node:path";
import type { Command } from "commander";
import { baseUnits, finalityArgument, gatherUrls, hostArgument, portArgument, wholeNumber } from "../../arguments.ts";
import { untilAborted } from "../../listening.ts";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../../runtime.ts";
import { addBackupCommands } from "./backup.ts";
import { addKeyCommands } from "./keys.ts";

interface AuthorityOptions extends CommonOptions {
  readonly rpc: readonly string[];
  readonly rpcQuorum?: number;
  readonly host: string;
  readonly port: number;
  readonly trackerUrl: string;
  readonly deployment?: string;
  readonly domain: readonly string[];
  readonly logLevel: string;
  readonly confirmations?: number | "finalized" | "safe";
  readonly requestsPerMinute: number;
  readonly trustedProxy: readonly string[];
  readonly unitsPerEther?: bigint;
  readonly minRow?: bigint;
  readonly minDeposit?: bigint;
  readonly minWithdrawal?: bigint;
  readonly gasPerAccount: number;
  readonly keepDays: number;
}

export function addAuthorityCommand(program: Command, runtime: Runtime): void {
  const authority = program.command("authority").summary("run the authority").description("The authority.");
  addCommand(authority, "start", "run the authority: accounts, torrents, allotments, vouchers, settlement", [
    "authority start --rpc http://127.0.0.1:8545 --port 8600 --tracker-url http://127.0.0.1:8700/announce --home ~/authority",
  ])
    .requiredOption(
      "--rpc <url>",
      "address of a chain node; give several: a fact is what enough of them say",
      gatherUrls,
    )
    .option("--rpc-quorum <count>", "how many nodes must say the same (default: more than half)", wholeNumber(1, 100))
    .requiredOption("--tracker-url <url>", "announce address of the tracker, as it stands in published torrents")
    .option("--host <address>", "address to listen on", hostArgument, "127.0.0.1")
    .option("--port <port>", "TCP port of the API, 0 for any free one", portArgument, 8600)
    .option("--deployment <file>", "deployment file (default: deployment.json in the home)")
    .option(
      "--domain <host...>",
      "hosts at which others reach it, beside the address that it listens on; the first is the public one",
      [],
    )
    .option(
      "--confirmations <blocks>",
      "blocks that must follow before a block counts, or finalized or safe, as the chain says; a devnet takes 0, every block at once (default: 2 on a devnet, else finalized)",
      finalityArgument,
    )
    .option(
      "--requests-per-minute <count>",
      "most requests that one network or account may send; costly ones count more",
      wholeNumber(1, 1_000_000),
      6_000,
    )
    .option("--trusted-proxy <network...>", "addresses of proxies in front of it, like 10.0.0.0/8", [])
    .option(
      "--units-per-ether <base-units>",
      "what one ether buys: what is not worth its gas waits for company; without it gas is not weighed",
      baseUnits(0n),
    )
    .option("--min-row <base-units>", "smaller vouchers are left to claims", baseUnits(1n))
    .option("--min-deposit <base-units>", "smaller deposits are refused", baseUnits(1n))
    .option("--min-withdrawal <base-units>", "smaller ones must take all that is there", baseUnits(1n))
    .option(
      "--gas-per-account <gas>",
      "most that deposits, sessions and withdrawals of one account cost in a day",
      wholeNumber(0, 1_000_000_000),
      4_000_000,
    )
    .option(
      "--keep-days <days>",
      "how long ended lanes, sessions and requests are kept; bundles are kept for ever",
      wholeNumber(7, 36_500),
      90,
    )
    .option("--log-level <level>", "what goes to standard error: fatal, error, warn, info, debug, silent", "warn")
    .action((options: AuthorityOptions) => runAuthority(contextOf(runtime, options), options));
  addBackupCommands(authority, runtime);
  addKeyCommands(authority, runtime);
}

/**
 * Until a signal.
 * @throws {InputError} DEPLOYMENT_MISSING, CHAIN_MISMATCH, KEY_FILE_MISSING, PORT_IN_USE,
 * CONFIG_INVALID
 */
async function runAuthority({ output, home, signal }: CommandContext, options: AuthorityOptions): Promise<void> {
  const [pages, { startAuthority }, { checkChain, DEPLOYMENT_FILE, readDeployment }, keys, { openRpc }] =
    await Promise.all([
      import("../../pages/build-pages.ts"),
      import("../../../authority/main.ts"),
      import("../../deploy/deployment-file.ts"),
      import("../../keys.ts"),
      import("../../../client/chain/rpc.ts"),
    ]);
  const path = options.deployment ?? join(home, DEPLOYMENT_FILE);
  const deployment = await readDeployment(path);
  checkChain(deployment, await openRpc(options.rpc[0] ?? ""), path);
  const { contract, deployedAtBlock, periphery } = deployment;
  const failed = Promise.withResolvers<never>();
  const { host, port, rpc: rpcUrl, rpcQuorum, trackerUrl, confirmations, logLevel, requestsPerMinute } = options;
  const running = await startAuthority(
    {
      home,
      ...(await pages.pagesIfPossible((message) => output.event("warning", { message }, message))),
      host,
      port,
      rpcUrl,
      contract,
      deployedAtBlock,
      depositor: periphery?.depositor,
      trackerUrl,
      ...(await keys.readAuthorityKeys(home)),
      readKeys: () => keys.readAuthorityKeys(home),
      ...(rpcQuorum === undefined ? {} : { rpcQuorum }),
      ...(confirmations === undefined ? {} : { confirmations }),
      logLevel,
      requestsPerMinute,
      trustedProxies: options.trustedProxy,
      domains: options.domain,
      ...definedOf(options),
      gasPerAccountPerDay: options.gasPerAccount,
      keepSec: 86_400 * options.keepDays,
    },
    failed.reject,
  );
  const { url } = running;
  output.event("ready", { url, contract }, `authority listens at ${url} (stop it with Ctrl-C)`);
  await Promise.race([untilAborted(signal), failed.promise]);
  await running.stop();
}

/** Amounts that were given; the others have the authority's own defaults. */
function definedOf({ unitsPerEther, minRow, minDeposit, minWithdrawal }: AuthorityOptions) {
  const given = { unitsPerEther, minRow, minDeposit, minWithdrawal };
  return Object.fromEntries(Object.entries(given).filter(([, amount]) => amount !== undefined));
}
