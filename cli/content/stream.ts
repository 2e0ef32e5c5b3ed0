import { chooseStreamFile } from "../../client/stream/choose-file.ts";
import { type StreamServer, startStreamServer } from "../../client/stream/stream-server.ts";
import type { FilePlace } from "../../client/torrent/content/part-files.ts";
import type { InfoHash } from "../../protocol/base/ids.ts";
import { printable } from "../../protocol/base/text.ts";
import type { Output } from "../output.ts";

export interface StreamOptions {
  readonly stream?: boolean;
  readonly streamPort?: number;
  readonly streamFile?: string;
}

interface StreamedTorrent {
  readonly infoHash: InfoHash;
  readonly files: readonly {
    readonly path: string;
    readonly name: string;
    readonly length: number;
    readonly offset: number;
  }[];
  readonly pieceLength: number;
}

/** Where the file at this path of the torrent is, or will be. */
export type PlaceOf = (path: string) => FilePlace;

/**
 * Serves one file of a torrent while that is downloaded. Tells its URL as soon as
 * a player can begin.
 * @throws {InputError} STREAM_FILE_UNKNOWN, PORT_UNUSABLE
 */
export async function openStream(
  output: Output,
  { infoHash, files, pieceLength }: StreamedTorrent,
  placeOf: PlaceOf,
  options: StreamOptions,
): Promise<StreamServer> {
  const file = chooseStreamFile(files, options.streamFile ?? null);
  const server = await startStreamServer({
    port: options.streamPort ?? 0,
    file: { ...placeOf(file.path), offset: file.offset, pieceLength },
    name: file.name,
    version: `${infoHash}-${files.indexOf(file)}`,
    onProblem(error) {
      const message = `cannot stream ${printable(file.name)}: ${error instanceof Error ? error.message : error}`;
      output.event("warning", { message }, message);
    },
  });
  const { url } = server;
  server.playable.then(
    () => output.event("stream", { url, file: file.path }, `play ${printable(file.path)} at ${url}`),
    // It was closed before: whatever closed it tells why.
    () => undefined,
  );
  return server;
}
