import { useSignal } from "@preact/signals";
import { printable } from "../../../../protocol/base/text.ts";
import { formatBytes } from "../../../../protocol/base/units.ts";
import type { FileJson } from "../../../../protocol/http/peer-detail.ts";
import { act } from "../act.ts";
import { playFile } from "../api.ts";
import { isBusy, playing } from "../state.ts";

const SHOWN = 50;

interface Props {
  readonly infoHash: string;
  /** Null: not known yet. */
  readonly files: readonly FileJson[] | null;
}

/** The files of a content; what browsers play can be played while it still comes. */
export function Files({ infoHash, files }: Props) {
  const count = useSignal(SHOWN);
  if (files === null) return <p class="soft">Looking at its files…</p>;
  const rest = files.length - count.value;
  return (
    <section aria-labelledby="files">
      <h2 id="files">{files.length === 1 ? "File" : `${files.length} files`}</h2>
      <ol class="entries files">
        {files.slice(0, count.value).map((file) => (
          <li key={file.index} class="entry held">
            <div class="head">
              <span class="name">{printable(file.path, 400)}</span>
              {file.mediaType !== null && (
                <button
                  type="button"
                  class="small"
                  disabled={isBusy.value}
                  onClick={() => void play(infoHash, file)}
                  aria-label={`Play ${printable(file.path, 200)}`}
                >
                  Play
                </button>
              )}
            </div>
            <p class="facts-line">
              <span>{formatBytes(file.sizeBytes)}</span>
              {file.bytesDone < file.sizeBytes && <span>{formatBytes(file.bytesDone)} here</span>}
            </p>
          </li>
        ))}
      </ol>
      {rest > 0 && (
        <p>
          <button type="button" onClick={() => (count.value += 10 * SHOWN)}>
            Show {Math.min(rest, 10 * SHOWN)} more
          </button>
        </p>
      )}
    </section>
  );
}

function play(infoHash: string, { index, path: name, mediaType }: FileJson): Promise<void> {
  return act("Opening…", async () => {
    const { path } = await playFile(infoHash, index);
    playing.value = { infoHash, index, path, name, isVideo: mediaType?.startsWith("video/") ?? false };
    return null;
  });
}
