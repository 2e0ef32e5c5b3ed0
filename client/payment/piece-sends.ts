/** How often each block of a content was sent to one session. Mutable: one byte per block, touched for each block sent. */
export interface PieceSends {
  /** Highest count over the blocks that this range touches. */
  sentTimes(piece: number, offset: number, length: number): number;
  isBegun(piece: number): boolean;
  isComplete(piece: number): boolean;
  /** Bytes of a begun piece; 0 when it is not begun. */
  pieceBytes(piece: number): number;
  record(piece: number, pieceBytes: number, offset: number, length: number): void;
  forget(piece: number): void;
}

export declare function createPieceSends(): PieceSends;
