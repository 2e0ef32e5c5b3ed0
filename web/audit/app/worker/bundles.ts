import type { BundleSource } from "../../../../audit/bundles/bundle-source.ts";
import { followBundles } from "../../../../audit/bundles/follow-bundles.ts";
import { createMemoryBook } from "../../../../audit/bundles/memory/memory-book.ts";
import type { AuditObserver, ObserverContext } from "../../../../audit/session/audit-options.ts";
import { InputError, NetworkError } from "../../../../protocol/base/errors.ts";
import type { BundlePlace } from "../messages.ts";

/** A server that says nothing for so long counts as unreachable. */
const SILENCE_MS = 30_000;
/** All bundles together: their lines are held in memory. */
const MAX_BYTES = 2 ** 30;

interface Following {
  readonly place: BundlePlace;
  readonly signal: AbortSignal;
  /** Told of each bundle that was opened. */
  readonly opened: () => void;
}

/** The command line's checks of bundles, with a book in memory. */
export function followPlace(context: ObserverContext, { place, signal, opened }: Following): AuditObserver {
  const found = "url" in place ? serverSource(place.url, signal) : fileSource(place.files);
  let left = MAX_BYTES;
  async function* metered(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      left -= chunk.length;
      if (left < 0)
        throw new InputError("EVIDENCE_INVALID", "the bundles take more than 1 GiB: use the command line for them");
      yield chunk;
    }
  }
  const source: BundleSource = {
    async open(name) {
      const chunks = await found.open(name);
      opened();
      return chunks === null ? null : metered(chunks);
    },
  };
  return followBundles(context, { source, held: null, contents: null, signal, book: createMemoryBook() });
}

/** A server with `/v1/bundles/<name>`. */
function serverSource(url: string, signal: AbortSignal): BundleSource {
  const base = url.replace(/\/+$/, "");
  const failed = (cause: unknown): NetworkError =>
    new NetworkError(
      "EVIDENCE_UNREACHABLE",
      `no usable answer from ${new URL(base).host}: check the address of the bundles, and that pages may ask there`,
      { cause },
    );
  return {
    async open(name) {
      const silence = new AbortController();
      let timer = setTimeout(() => silence.abort(), SILENCE_MS);
      const heard = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
      };
      const answer = await fetch(`${base}/v1/bundles/${name}`, {
        ...{ credentials: "omit", referrerPolicy: "no-referrer" },
        signal: AbortSignal.any([signal, silence.signal]),
      }).catch((cause: unknown) => {
        clearTimeout(timer);
        throw failed(cause);
      });
      const { status, body } = answer;
      if (status === 200 && body !== null) return whileTalking(body, heard, () => clearTimeout(timer), failed);
      clearTimeout(timer);
      await body?.cancel();
      if (status === 404 || status === 410) return null;
      throw failed(new Error(`HTTP status ${status}`));
    },
  };
}

async function* whileTalking(
  body: ReadableStream<Uint8Array>,
  heard: () => void,
  done: () => void,
  toError: (cause: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { value, done: isOver } = await reader.read().catch((cause: unknown) => {
        throw toError(cause);
      });
      if (isOver) return;
      heard();
      yield value;
    }
  } finally {
    done();
    await reader.cancel().catch(() => undefined);
  }
}

/** Files `<name>.jsonl` of this disk. Others are not looked at. */
function fileSource(files: readonly File[]): BundleSource {
  const byName = new Map(files.map((file) => [file.name, file]));
  return {
    async open(name) {
      const file = byName.get(`${name}.jsonl`);
      return file === undefined ? null : chunksOf(file);
    },
  };
}

async function* chunksOf(file: File): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read().catch((cause: unknown) => {
        throw new InputError("FILE_UNREADABLE", `cannot read ${file.name}: choose the folder again`, { cause });
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
