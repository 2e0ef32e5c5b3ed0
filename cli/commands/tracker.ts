import { join } from "node:path";
import type { Command } from "commander";
import { hostArgument, portArgument, urlArgument, wholeNumber } from "../arguments.ts";
import { untilAborted } from "../listening.ts";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../runtime.ts";

interface TrackerOptions extends CommonOptions {
  readonly authority: string;
  readonly host: string;
  readonly port: number;
  readonly secretFile?: string;
  readonly interval: number;
  readonly maxPeers: number;
  readonly announcesPerMinute: number;
}

/** In the home: the swarms, so that a restart forgets nobody. */
const SWARM_FILE = "tracker-swarms";

/** No torrent has it: asking about it changes nothing. */
const NO_TORRENT = "0".repeat(40);

export function addTrackerCommand(program: Command, runtime: Runtime): void {
  const tracker = program.command("tracker").summary("run the tracker").description("The tracker.");
  addCommand(tracker, "start", "run the tracker: it introduces the peers of a swarm, over HTTP, WebSocket and UDP", [
    "tracker start --authority http://127.0.0.1:8600 --port 8700 --home ~/authority",
  ])
    .requiredOption("--authority <url>", "address of the authority's API", urlArgument)
    .option("--host <address>", "address to listen on", hostArgument, "127.0.0.1")
    .option("--port <port>", "TCP port, 0 for any free one", portArgument, 8700)
    .option("--secret-file <file>", "the authority's operator secret (default: operator-secret in the home)")
    .option("--interval <seconds>", "how often peers announce", wholeNumber(5, 3_600), 60)
    .option("--max-peers <count>", "most peers in all swarms; 250 bytes each", wholeNumber(1, 2 ** 24), 2 ** 20)
    .option(
      "--announces-per-minute <count>",
      "most announces of one address, or of one /56 of IPv6",
      wholeNumber(1, 1_000_000_000),
      6_000,
    )
    .action((options: TrackerOptions) => runTracker(contextOf(runtime, options), options));
}

/**
 * Until a signal.
 * @throws {InputError} SECRET_FILE_INVALID, PORT_IN_USE; {NetworkError} AUTHORITY_UNREACHABLE,
 * AUTHORITY_REFUSED
 */
async function runTracker({ output, home, signal }: CommandContext, options: TrackerOptions): Promise<void> {
  const [{ startTracker }, { readOperatorSecret }] = await Promise.all([
    import("../../tracker/main.ts"),
    import("../keys.ts"),
  ]);
  const operatorSecret = await readOperatorSecret(options.secretFile, home);
  await checkOperatorSecret(options.authority, operatorSecret);
  const running = await startTracker({
    host: options.host,
    port: options.port,
    authorityUrl: options.authority,
    operatorSecret,
    announceIntervalSec: options.interval,
    maxPeers: options.maxPeers,
    swarmFile: join(home, SWARM_FILE),
    perPrefix: { announcesPerMinute: options.announcesPerMinute },
    log: (message) => output.event("warning", { message }, message),
  });
  const { url, wsUrl, udpUrl } = running;
  const addresses = `${url}, ${wsUrl} and ${udpUrl}`;
  output.event("ready", { url, wsUrl, udpUrl }, `tracker listens at ${addresses} (stop it with Ctrl-C)`);
  await untilAborted(signal);
  await running.stop();
}

/** Asks the authority as the tracker will: better refused now than at every announce. */
async function checkOperatorSecret(authorityUrl: string, operatorSecret: string): Promise<void> {
  const { createAuthorityAsker } = await import("../../tracker/authority.ts");
  const ask = createAuthorityAsker({ authorityUrl: new URL(authorityUrl), operatorSecret });
  await ask([{ infoHash: NO_TORRENT, event: "update", bytesLeft: 0, session: null, request: null, payees: [] }]);
}
