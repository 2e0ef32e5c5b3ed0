import { join } from "node:path";
import { AuthorityClient } from "../../client/authority-client.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import type { Command, CommandRunner } from "./command.ts";
import { findFreePort } from "./ports.ts";

/** Where chain, contract, authority and tracker are. */
export interface NetworkPlaces {
  readonly rpcUrl: string;
  readonly contract: Address;
  readonly token: Address;
  readonly apiUrl: string;
  readonly symbol: string;
  readonly decimals: number;
  /** Who sends the authority's transactions. */
  readonly operator: Address;
  readonly operatorHome: string;
}

/** Each of its programs is a process, started by a command line as the README shows it. */
export interface RunningNetwork extends NetworkPlaces {
  /** The authority's newest process. */
  readonly authority: Command;
  /**
   * Starts the authority again, on its home and at its address. The one before must have ended.
   * `rpc`: another way to the chain.
   */
  restartAuthority(rpc?: string): Promise<void>;
}

export async function startNetwork(
  runner: CommandRunner,
  directory: string,
  deployOptions: readonly string[] = [],
  authorityOptions: readonly string[] = [],
): Promise<RunningNetwork> {
  const operatorHome = join(directory, "authority");
  const home = ["--home", operatorHome];

  const chain = runner.start(["chain", "--port", "0"]);
  const rpcUrl = String((await chain.event("ready")).rpcUrl);

  const deployed = await runner.run(["deploy", "--rpc", rpcUrl, ...deployOptions, ...home]);

  const trackerPort = await findFreePort();
  const trackerUrl = `http://127.0.0.1:${trackerPort}/announce`;
  const startAuthority = (port: string, rpc = rpcUrl): Command =>
    runner.start([
      ...["authority", "start", "--rpc", rpc, "--port", port, "--tracker-url", trackerUrl],
      ...authorityOptions,
      ...home,
    ]);
  let authority = startAuthority("0");
  const apiUrl = String((await authority.event("ready")).url);

  const tracker = runner.start(["tracker", "start", "--authority", apiUrl, "--port", String(trackerPort), ...home]);
  await tracker.event("ready");

  const { token, operator } = await new AuthorityClient({ url: apiUrl }).info();
  return {
    rpcUrl,
    contract: parseAddress(String(deployed.contract)),
    token: parseAddress(String(deployed.token)),
    apiUrl,
    symbol: token.symbol,
    decimals: token.decimals,
    operator: parseAddress(operator),
    operatorHome,
    get authority() {
      return authority;
    },
    async restartAuthority(rpc) {
      authority = startAuthority(new URL(apiUrl).port, rpc);
      await authority.event("ready");
    },
  };
}
