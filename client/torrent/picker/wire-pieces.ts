/** One missing piece that is to come from one wire. */
export interface Assignment {
  readonly wireId: string;
  /** Its record is being stored; it may be asked for; its first block was asked for. */
  state: "storing" | "ready" | "begun";
}

/** What the picker knows of one wire. */
export interface WirePieces {
  readonly remote: string;
  /** 1 for each piece that the remote has. */
  readonly has: Uint8Array;
  /** The remote refused these: they are not asked for again. */
  readonly refused: Set<number>;
  /** These came with a wrong hash: they are asked for last. */
  readonly failed: Set<number>;
  readonly assigned: Set<number>;
  /** The remote would buy what it lacks. */
  isAsking: boolean;
}

export function createWirePieces(remote: string, pieceCount: number): WirePieces {
  return {
    remote,
    has: new Uint8Array(pieceCount),
    refused: new Set(),
    failed: new Set(),
    assigned: new Set(),
    isAsking: true,
  };
}

export function mayGet(wire: WirePieces, piece: number): boolean {
  return wire.has[piece] === 1 && !wire.refused.has(piece) && !wire.failed.has(piece);
}
