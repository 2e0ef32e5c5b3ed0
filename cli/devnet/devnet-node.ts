import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ChainError, InputError } from "../../protocol/base/errors.ts";
import { printable } from "../../protocol/base/text.ts";

/** A Hardhat node as a child of this process. Disposing ends it. */
export interface DevnetNode extends AsyncDisposable {
  readonly rpcUrl: string;
  readonly pid: number;
  /**
   * Resolves when `signal` fires.
   * @throws {ChainError} CHAIN_STOPPED when the node ends by itself
   */
  stopped(signal: AbortSignal): Promise<void>;
}

interface DevnetOptions {
  readonly port: number;
  readonly host: string;
  readonly chainId: number;
  readonly signal: AbortSignal;
}

const ROOT = join(import.meta.dirname, "..", "..");
const READY = /JSON-RPC server at (http:\/\/\S+?)\/?\s/;
const STOP_MS = 5_000;
/**
 * A Hardhat node outlives a parent that was killed, unless it notices that the channel between them
 * is gone.
 */
const EXIT_WITH_PARENT = 'data:text/javascript,process.on("disconnect",()=>process.exit())';

/** @throws {InputError} PORT_IN_USE, HOST_INVALID @throws {ChainError} CHAIN_FAILED */
export async function startDevnet(options: DevnetOptions): Promise<DevnetNode> {
  const child = spawn(process.execPath, ["--import", EXIT_WITH_PARENT, ...hardhatArguments(options)], {
    cwd: ROOT,
    env: { ...process.env, FLOODGATE_PASSPHRASE: "", NO_COLOR: "1", HARDHAT_DISABLE_TELEMETRY_PROMPT: "true" },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const ended = once(child, "close");
  try {
    const rpcUrl = await readUrl(child, ended, options);
    return {
      rpcUrl,
      pid: child.pid ?? 0,
      async stopped(signal) {
        const aborted = once(signal, "abort").then(() => true);
        const isStopped = signal.aborted || (await Promise.race([aborted, ended.then(() => signal.aborted)]));
        if (!isStopped) throw new ChainError("CHAIN_STOPPED", "the Hardhat node ended by itself: start it again");
      },
      [Symbol.asyncDispose]: () => end(child, ended),
    };
  } catch (error) {
    await end(child, ended);
    throw error;
  }
}

function hardhatArguments({ port, host, chainId }: DevnetOptions): string[] {
  const hardhat = join(createRequire(import.meta.url).resolve("hardhat/package.json"), "..", "dist", "src", "cli.js");
  return [hardhat, "node", "--hostname", host, "--port", String(port), "--chain-id", String(chainId)];
}

/** Hardhat writes an IPv6 host without brackets. Undefined: it is not ready. */
export function readyUrl(text: string, host: string): string | undefined {
  const url = READY.exec(text)?.[1];
  return host.includes(":") ? url?.replace(`//${host}:`, `//[${host}]:`) : url;
}

/**
 * Waits for the line that names the URL, and goes on reading so that the node never blocks on a
 * full pipe.
 */
async function readUrl(child: ChildProcess, ended: Promise<unknown>, options: DevnetOptions): Promise<string> {
  let text = "";
  const found = Promise.withResolvers<string>();
  const read = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-8192);
    const url = readyUrl(text, options.host);
    if (url) found.resolve(url);
  };
  child.stdout?.on("data", read);
  child.stderr?.on("data", read);
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(options.signal.reason);
  options.signal.addEventListener("abort", abort, { once: true });
  if (options.signal.aborted) abort();
  try {
    return await Promise.race([
      found.promise,
      aborted.promise,
      ended.then(() => {
        throw failure(text, options);
      }),
    ]);
  } finally {
    options.signal.removeEventListener("abort", abort);
  }
}

function failure(text: string, { port, host }: DevnetOptions): Error {
  if (/EADDRINUSE|already in use/i.test(text)) {
    return new InputError("PORT_IN_USE", `port ${port} is taken: choose another with --port, or 0 for any free one`);
  }
  if (/EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN/.test(text)) {
    return new InputError(
      "HOST_INVALID",
      `cannot listen on ${printable(host)}: choose an address of this machine with --host`,
    );
  }
  const lastLine = text.trim().split("\n").at(-1) ?? "";
  return new ChainError("CHAIN_FAILED", `the Hardhat node did not start: ${printable(lastLine)}`);
}

async function end(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await ended;
  clearTimeout(force);
}
