import { existsSync } from "node:fs";
import { readFile, statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname } from "node:path";
import type { AccountHome } from "../../client/account/home.ts";
import { openSavedNetwork } from "../../client/account/network.ts";
import { walletPath } from "../../client/account/node-home.ts";
import { openRpc } from "../../client/chain/rpc.ts";
import { openLocalPeer } from "../../client/local-api/local-client.ts";
import { FloodgateError, textOfError } from "../../protocol/base/errors.ts";
import { isThisMachineAlone } from "../listening.ts";
import {
  type Finding,
  finding,
  judgeClock,
  judgeDisk,
  judgeFunds,
  judgeMonth,
  judgeOpenFiles,
  judgePortMapping,
  judgeSession,
} from "./judge.ts";
import { addressIn, examineName } from "./own-address.ts";

/** Looks at everything that a peer needs. Each part says what is wrong; none stops the others. */

export interface Examined {
  readonly directory: string;
  readonly home: AccountHome;
  /** The session can be renewed without a person. */
  readonly canRenew: boolean;
  readonly listen: { readonly host: string; readonly ports: readonly number[] };
  readonly rpc: string | null;
  /** By which its owner means this machine; null: none. */
  readonly name: string | null;
  readonly signal: AbortSignal;
}

const TRACKER_MS = 5_000;

export async function examine(input: Examined): Promise<readonly Finding[]> {
  const { directory, home, listen } = input;
  const machine = [
    await tried("disk", async () => {
      const { bavail, bsize } = await statfs(nearest(directory));
      return judgeDisk(bavail * bsize, directory);
    }),
    judgeOpenFiles(await openFilesLimit()),
    ...(await Promise.all(listen.ports.map((port) => examinePort(listen.host, port)))),
    examineHost(listen.host),
    ...(await examineRunningPeer(directory, input.signal)),
  ];
  const wallet = existsSync(walletPath(directory))
    ? finding("wallet", "ok", walletPath(directory))
    : finding("wallet", "problem", "there is none: `floodgate wallet new`, or `floodgate wallet import`");
  const saved = await tried("account", async () => {
    const network = await home.network.read();
    return network
      ? finding("account", "ok", `registered with ${network.apiUrl}`)
      : finding("account", "problem", "not registered: `floodgate register`");
  });
  const online = saved.state === "ok" ? await examineNetwork(input) : [];
  return [...machine, wallet, saved, ...online];
}

async function examineNetwork({ home, canRenew, rpc, name, signal }: Examined): Promise<readonly Finding[]> {
  const saved = await home.network.read();
  if (!saved) return [];
  try {
    const { client, network } = await openSavedNetwork(home, saved, signal);
    const { info } = network;
    const session = await home.session.read();
    const now = Date.now() / 1000;
    const ends = session === null ? 0 : session.accessExpiresAt;
    const isIn = session !== null && ends > info.now;
    return [
      finding("authority", "ok", `answers at ${saved.apiUrl}`),
      judgeClock(now - info.now),
      judgeSession(ends, info.now, canRenew),
      ...(isIn
        ? [
            await tried("funds", async () => {
              const { free, reserved } = await client.withSession(session).account(signal);
              return judgeFunds(BigInt(free), BigInt(reserved), info.token);
            }),
          ]
        : []),
      ...(await examineTracker(info.trackerUrl, name)),
      await tried("chain", () => examineChain(rpc, saved.chainId)),
    ];
  } catch (error) {
    return [finding("authority", "problem", textOf(error))];
  }
}

/** An announce without a torrent gets a refusal: then the tracker is there. */
async function examineTracker(trackerUrl: string, name: string | null): Promise<Finding[]> {
  try {
    const reply = await fetch(trackerUrl, { signal: AbortSignal.timeout(TRACKER_MS), redirect: "error" });
    const seen = await addressIn(reply);
    const where = seen === null ? "" : `, and sees this machine at ${seen}`;
    const found = finding("tracker", "ok", `answers at ${trackerUrl}${where}`);
    return name === null ? [found] : [found, await examineName(name, seen)];
  } catch {
    const text = `no answer at ${trackerUrl}: ask the authority's operator whether it runs`;
    return [finding("tracker", "problem", text)];
  }
}

async function examineChain(rpc: string | null, chainId: number): Promise<Finding> {
  if (rpc === null)
    return finding("chain", "ok", "not asked: only exits without the authority need it; look with --rpc");
  const opened = await openRpc(rpc);
  return opened.chainId === chainId
    ? finding("chain", "ok", `answers at ${rpc}`)
    : finding("chain", "problem", `${rpc} is chain ${opened.chainId}, and the account is on ${chainId}: check --rpc`);
}

async function examinePort(host: string, port: number): Promise<Finding> {
  const subject = `port ${port}`;
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "is taken: stop what uses it, or choose another" : `${error.code}`;
      resolve(finding(subject, "problem", `${host}:${port} ${why}`));
    });
    server.listen(port, host, () =>
      server.close(() => resolve(finding(subject, "ok", port === 0 ? "any free one" : "is free"))),
    );
  });
}

function examineHost(host: string): Finding {
  return isThisMachineAlone(host)
    ? finding("reachable", "warning", `${host} is this machine alone: others need \`seed --host ADDRESS\``)
    : finding("reachable", "ok", `listens on ${host}: a router in front must forward the ports`);
}

/** What a running peer of this home knows of its month and its router; nothing without one. */
async function examineRunningPeer(directory: string, signal: AbortSignal): Promise<readonly Finding[]> {
  try {
    const peer = await (await openLocalPeer(directory, signal)).peer();
    return [judgeMonth(peer), ...(peer.portMapping === null ? [] : [judgePortMapping(peer.portMapping)])];
  } catch (error) {
    if (error instanceof FloodgateError && error.code === "PEER_ABSENT") return [];
    return [finding("peer", "problem", textOf(error))];
  }
}

/** Of this process; only Linux tells. */
async function openFilesLimit(): Promise<number | null> {
  const text = await readFile("/proc/self/limits", "utf8").catch(() => "");
  const soft = /^Max open files +(\d+)/m.exec(text)?.[1];
  return soft === undefined ? null : Number(soft);
}

/** The directory, or the next one above it that is there. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

async function tried(subject: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return finding(subject, "problem", textOf(error));
  }
}

function textOf(error: unknown): string {
  if (error instanceof FloodgateError) return `${error.message} (${error.code})`;
  return textOfError(error);
}
