import { join } from "node:path";
import type { Command } from "commander";
import type { AuthorityOptions } from "../../authority/config.ts";
import { portArgument } from "../arguments.ts";
import { untilAborted } from "../listening.ts";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../runtime.ts";

interface UpOptions extends CommonOptions {
  readonly chainPort: number;
  readonly port: number;
  readonly trackerPort: number;
}

const HOST = "127.0.0.1";
const DEVNET_CHAIN_ID = 31_337;
const PERIOD_SEC = 120;
const FEE_BPS = 100;

export function addUpCommand(program: Command, runtime: Runtime): void {
  addCommand(program, "up", "try it out: devnet, contract, authority and tracker in one terminal", [
    "up",
    "up --chain-port 18545 --port 18600 --tracker-port 18700 --home ~/try",
  ])
    .option("--chain-port <port>", "TCP port of the devnet's node, 0 for any free one", portArgument, 8545)
    .option("--port <port>", "TCP port of the authority, 0 for any free one", portArgument, 8600)
    .option("--tracker-port <port>", "TCP port of the tracker", portArgument, 8700)
    .action((options: UpOptions) => runUp(contextOf(runtime, options), options));
}

/**
 * Until a signal. The home remembers the addresses, so that other commands need none. Files of an
 * account on an earlier devnet are set aside.
 * @throws {InputError} PORT_IN_USE, FILE_EXISTS, HOME_INVALID; {ChainError} CHAIN_FAILED
 */
async function runUp({ output, home, signal }: CommandContext, options: UpOptions): Promise<void> {
  const [{ startDevnet }, { deploy }, { readDefaults, writeDefaults }, { clearAuthority, setAccountAside }, files] =
    await Promise.all([
      import("../devnet/devnet-node.ts"),
      import("../deploy/deploy.ts"),
      import("../network-defaults.ts"),
      import("../up/set-aside.ts"),
      import("../../client/wallet/private-file.ts"),
    ]);
  await files.ensurePrivateDirectory(home);
  const authorityHome = join(home, "up");
  const last = readDefaults([home]);
  await clearAuthority(authorityHome, last);
  const tell = (text: string): void => output.event("starting", { text }, text);

  tell("starting a devnet ...");
  await using node = await startDevnet({ port: options.chainPort, host: HOST, chainId: DEVNET_CHAIN_ID, signal });
  const { rpcUrl } = node;
  tell("putting the contract on it ...");
  const { deployment } = await deploy({
    home: authorityHome,
    rpcUrl,
    out: undefined,
    operatorKeyFile: undefined,
    owner: undefined,
    token: undefined,
    feeBps: FEE_BPS,
    allotmentPeriodSec: PERIOD_SEC,
    claimPeriodSec: PERIOD_SEC,
    signal,
  });
  const { contract, deployedAtBlock } = deployment;
  const depositor = deployment.periphery?.depositor;
  tell("starting authority and tracker ...");
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const servers = await startServers(authorityHome, { rpcUrl, contract, deployedAtBlock, depositor }, options, {
    onFatal: failed.reject,
    warn: (message) => output.event("warning", { message }, message),
  });
  try {
    // Only now: a start that fails changes nothing of the account.
    const aside = last === null ? null : await setAccountAside(home);
    await writeDefaults(home, { authority: servers.authorityUrl, rpc: rpcUrl, contract, authorityHome });
    const ready = { rpcUrl, contract, authority: servers.authorityUrl, tracker: servers.trackerUrl, aside };
    output.event("ready", ready, readyText({ ...ready, home, authorityHome }));
    await Promise.race([untilAborted(signal), node.stopped(signal), failed.promise]);
  } finally {
    await servers.stop();
  }
  output.event("stopped", {}, "stopped; the devnet has forgotten everything");
}

async function startServers(
  home: string,
  chain: Pick<AuthorityOptions, "rpcUrl" | "contract" | "deployedAtBlock" | "depositor">,
  options: UpOptions,
  { onFatal, warn }: { readonly onFatal: (error: unknown) => void; readonly warn: (message: string) => void },
): Promise<{ readonly authorityUrl: string; readonly trackerUrl: string; stop(): Promise<void> }> {
  const [pages, { startAuthority }, { startTracker }, keys] = await Promise.all([
    import("../pages/build-pages.ts"),
    import("../../authority/main.ts"),
    import("../../tracker/main.ts"),
    import("../keys.ts"),
  ]);
  const authority = await startAuthority(
    {
      ...chain,
      ...(await pages.pagesIfPossible(warn)),
      home,
      host: HOST,
      port: options.port,
      trackerUrl: `http://${HOST}:${options.trackerPort}/announce`,
      operatorKey: await keys.readKeyFile(join(home, keys.OPERATOR_KEY_FILE)),
      allotterKey: await keys.readKeyFile(join(home, keys.ALLOTTER_KEY_FILE)),
      // It says at the start that its own first transaction is not final yet.
      logLevel: "fatal",
    },
    onFatal,
  );
  try {
    const tracker = await startTracker({
      host: HOST,
      port: options.trackerPort,
      authorityUrl: authority.url,
      operatorSecret: await keys.readOperatorSecret(undefined, home),
      announceIntervalSec: 30,
      log: warn,
    });
    return {
      authorityUrl: authority.url,
      trackerUrl: tracker.url,
      async stop() {
        await tracker.stop();
        await authority.stop();
      },
    };
  } catch (error) {
    await authority.stop();
    throw error;
  }
}

function readyText(run: {
  readonly rpcUrl: string;
  readonly authority: string;
  readonly tracker: string;
  readonly aside: string | null;
  readonly home: string;
  readonly authorityHome: string;
}): string {
  return [
    `devnet     ${run.rpcUrl}`,
    `authority  ${run.authority}`,
    `tracker    ${run.tracker}`,
    ...(run.aside === null ? [] : [`The account of the last devnet is kept in ${run.aside}.`]),
    "",
    "All runs, until Ctrl-C. In another terminal:",
    "  floodgate wallet new",
    "  floodgate register --deposit 5 --card 4242424242424242",
    "  floodgate publish FILE --price 1       # then seed it, as the command says",
    "Another --home is another person, who can buy it:",
    "  floodgate get ID --out . --home ~/bob",
    "What the authority does with the money, and what an auditor sees:",
    `  floodgate settle --close --wait --home ${run.authorityHome}`,
    "  floodgate audit",
  ].join("\n");
}
