import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generatePrivateKey } from "viem/accounts";
import type { AuthorityOptions } from "../../../authority/config.ts";
import { type Authority, startAuthority } from "../../../authority/main.ts";
import { startDevnet } from "../../../cli/devnet/devnet-node.ts";
import { readAuthorityKeys } from "../../../cli/keys.ts";
import { AuthorityClient } from "../../../client/authority-client.ts";
import { pollUntil } from "../../../client/poll.ts";
import { signIn } from "../../../client/wallet/sign-in.ts";
import { openWallet, type Wallet } from "../../../client/wallet/wallet.ts";
import { type Hex, hexToBytes } from "../../../protocol/base/bytes.ts";
import { addressOfKey, publicKeyOf } from "../../../protocol/base/secp256k1.ts";
import { deployDevnet } from "../../support/deploy-devnet.ts";

export const TRACKER_URL = "http://127.0.0.1:2/announce";

/** The authority on a real devnet, in this process. */
export interface RealAuthority extends AsyncDisposable {
  readonly url: string;
  /** Of its node. */
  readonly rpcUrl: string;
  readonly client: AuthorityClient;
  readonly operatorSecret: string;
  rpc(method: string, ...params: readonly unknown[]): Promise<unknown>;
  /** Stops the authority and starts it again on its home, at another port. */
  restart(keys?: Partial<AuthorityOptions>): Promise<void>;
  /** Those that it was started with. */
  readonly keys: { readonly operatorKey: Hex[]; readonly allotterKey: Hex[] };
}

export async function startRealAuthority(more: Partial<AuthorityOptions> = {}): Promise<RealAuthority> {
  const home = mkdtempSync(join(tmpdir(), "floodgate-api-"));
  const { signal } = new AbortController();
  const devnet = await startDevnet({ port: 0, host: "127.0.0.1", chainId: 31_337, signal });
  const { deployment } = await deployDevnet(home, devnet.rpcUrl);
  const keys = await readAuthorityKeys(home);
  const start = (own: Partial<AuthorityOptions> = {}): Promise<Authority> =>
    startAuthority(
      {
        ...keys,
        home,
        rpcUrl: devnet.rpcUrl,
        contract: deployment.contract,
        deployedAtBlock: deployment.deployedAtBlock,
        depositor: deployment.periphery?.depositor,
        trackerUrl: TRACKER_URL,
        logLevel: "silent",
        pollIntervalMs: 50,
        requestsPerMinute: 100_000,
        ...more,
        ...own,
      },
      (error) => {
        throw error;
      },
    );
  let authority = await start();
  return {
    get url() {
      return authority.url;
    },
    get client() {
      return new AuthorityClient({ url: authority.url });
    },
    rpcUrl: devnet.rpcUrl,
    operatorSecret: readFileSync(join(home, "operator-secret"), "utf8").trim(),
    async rpc(method, ...params) {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
      const headers = { "content-type": "application/json" };
      const answer = (await (await fetch(devnet.rpcUrl, { method: "POST", headers, body })).json()) as object;
      return "result" in answer ? answer.result : undefined;
    },
    keys,
    async restart(own) {
      await authority.stop();
      authority = await start(own);
    },
    async [Symbol.asyncDispose]() {
      await authority.stop();
      await devnet[Symbol.asyncDispose]();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export interface Customer {
  readonly wallet: Wallet;
  /** Of the session key, 32 bytes. */
  readonly privateKey: Uint8Array;
  /** Compressed, 33 bytes. */
  readonly publicKey: Uint8Array;
  readonly sessionKey: `0x${string}`;
  readonly accessToken: string;
  /** With its access token. */
  readonly client: AuthorityClient;
}

/** A wallet, new unless its key is given, that has logged in with a new session key. */
export async function logInNew(authority: RealAuthority, walletKey = generatePrivateKey()): Promise<Customer> {
  const wallet = openWallet(walletKey);
  const privateKey = hexToBytes(generatePrivateKey());
  const publicKey = publicKeyOf(privateKey);
  const { client } = authority;
  const { accessToken } = await signIn(client, wallet, await client.info(), publicKey);
  return {
    wallet,
    privateKey,
    publicKey,
    sessionKey: addressOfKey(publicKey),
    accessToken,
    client: client.withSession({ accessToken, privateKey }),
  };
}

/** Polls as the command line does, until the answer is what the caller waits for. */
export function until<T>(read: () => Promise<T>, isDone: (answer: T) => boolean): Promise<T> {
  return pollUntil({ read, isDone, signal: new AbortController().signal, pending: "it did not happen" });
}
