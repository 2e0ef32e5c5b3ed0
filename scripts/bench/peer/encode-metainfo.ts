import bencode from "bencode";

/** A .torrent file of one private file (BEP 3, BEP 27). */
export function encodeMetainfo(file: {
  readonly announce: string;
  readonly name: string;
  readonly length: number;
  readonly pieceLength: number;
  /** SHA-1 of each piece. */
  readonly pieces: Uint8Array;
}): Uint8Array {
  const { announce, name, length, pieceLength, pieces } = file;
  return bencode.encode({ announce, info: { length, name, "piece length": pieceLength, pieces, private: 1 } });
}
