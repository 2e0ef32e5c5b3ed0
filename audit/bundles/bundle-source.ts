import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError, NetworkError } from "../../protocol/base/errors.ts";
import type { Hex } from "../facts/primitives.ts";

/** Where bundles come from. It is not trusted: a bundle's name is the hash of its bytes. */
export interface BundleSource {
  /**
   * Null when there is no such bundle.
   * @throws {NetworkError} EVIDENCE_UNREACHABLE; {InputError} FILE_UNREADABLE
   */
  open(name: Hex): Promise<AsyncIterable<Uint8Array> | null>;
}

/** Silence after which a server counts as unreachable. */
const TIMEOUT_MS = 30_000;

/**
 * A server with `/v1/bundles/<name>`, or a directory with files `<name>.jsonl`.
 * @throws {InputError} EVIDENCE_INVALID
 */
export async function openBundleSource(place: string, signal: AbortSignal): Promise<BundleSource> {
  if (/^https?:\/\//.test(place)) {
    if (URL.parse(place) === null)
      throw new InputError("EVIDENCE_INVALID", "write the server's address like http://127.0.0.1:8080");
    return serverSource(place.replace(/\/+$/, ""), signal);
  }
  const found = await stat(place).catch(() => null);
  if (!found?.isDirectory())
    throw new InputError("EVIDENCE_INVALID", "give --bundles a server's address or a directory of bundles");
  return directorySource(place);
}

function serverSource(base: string, signal: AbortSignal): BundleSource {
  const unreachable = (cause: unknown): NetworkError =>
    new NetworkError("EVIDENCE_UNREACHABLE", `no usable answer from ${new URL(base).host}: check --bundles`, {
      cause,
    });
  return {
    async open(name) {
      const silence = new AbortController();
      const timer = setTimeout(() => silence.abort(), TIMEOUT_MS);
      try {
        const answer = await fetch(`${base}/v1/bundles/${name}`, { signal: AbortSignal.any([signal, silence.signal]) });
        if (answer.status === 404 || answer.status === 410) {
          await answer.body?.cancel();
          clearTimeout(timer);
          return null;
        }
        if (answer.status !== 200 || answer.body === null) throw new Error(`HTTP status ${answer.status}`);
        return whileTalking(answer.body, timer, (cause) => (signal.aborted ? signal.reason : unreachable(cause)));
      } catch (cause) {
        clearTimeout(timer);
        signal.throwIfAborted();
        throw unreachable(cause);
      }
    },
  };
}

async function* whileTalking(
  body: AsyncIterable<Uint8Array>,
  timer: NodeJS.Timeout,
  toError: (cause: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await chunks.next().catch((cause) => {
        throw toError(cause);
      });
      if (next.done) return;
      timer.refresh();
      yield next.value;
    }
  } finally {
    clearTimeout(timer);
    await chunks.return?.();
  }
}

function directorySource(directory: string): BundleSource {
  return {
    async open(name) {
      const path = join(directory, `${name}.jsonl`);
      const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return null;
        throw unreadable(path, error);
      });
      return found === null ? null : readChunks(path);
    },
  };
}

async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): InputError {
  return new InputError("FILE_UNREADABLE", `cannot read ${path}: check that it is a file that you may read`, { cause });
}
