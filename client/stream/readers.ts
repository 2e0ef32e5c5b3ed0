/** What readers need from a content; `Content` has it. */
export interface StreamedContent {
  isOnDisk(piece: number): boolean;
  /** Download from this piece on. */
  readFrom(piece: number): void;
}

/** Pieces, both ends included. */
export interface PieceSpan {
  readonly first: number;
  readonly last: number;
}

/**
 * The readers of a file that is still being downloaded. They wait for pieces, and steer which
 * pieces come next.
 */
export interface Readers {
  /**
   * From now on pieces come from this content: the first one, or its successor after the peer was
   * replaced.
   */
  use(content: StreamedContent): void;
  /** One more piece is on disk. */
  arrived(): void;
  /** Adds a reader of these pieces, in order; null when there are too many already. */
  join(span: PieceSpan): Reader | null;
}

export interface Reader {
  /** Resolves when the piece is on disk. Rejects with the reason of `signal` (AbortError). */
  until(piece: number, signal: AbortSignal): Promise<void>;
  /** Frees its place. Idempotent. */
  leave(): void;
}

interface ReaderState {
  /** The pieces that it has still to read. */
  next: PieceSpan;
  waiting: { readonly piece: number; readonly resolve: () => void } | null;
}

/** A browser opens two or three readers, and gives up old ones late. */
const MAX_READERS = 8;

/** `file`: the pieces that hold the file. */
export function createReaders(file: PieceSpan, maxReaders = MAX_READERS): Readers {
  /** Oldest first. */
  const readers: ReaderState[] = [];
  let content: StreamedContent | null = null;
  let steeredTo: number | null = null;

  const isOnDisk = (piece: number): boolean => content?.isOnDisk(piece) ?? false;
  const firstMissing = ({ first, last }: PieceSpan): number | null => {
    for (let piece = first; piece <= last; piece++) if (!isOnDisk(piece)) return piece;
    return null;
  };

  /**
   * A reader that waits comes before one that has only still to read. The newest comes first, since
   * a player that seeks opens another reader.
   */
  const chooseNext = (): number | null => {
    const waiting = readers.findLast((reader) => reader.waiting !== null)?.waiting;
    if (waiting) return waiting.piece;
    for (const { next } of readers.toReversed()) {
      const piece = firstMissing(next);
      if (piece !== null) return piece;
    }
    return null;
  };
  const steerTo = (piece: number | null): void => {
    if (piece === null || piece === steeredTo) return;
    steeredTo = piece;
    content?.readFrom(piece);
  };
  const wake = (): void => {
    for (const { waiting } of readers) if (waiting && isOnDisk(waiting.piece)) waiting.resolve();
  };

  return {
    use(next) {
      content = next;
      steeredTo = null;
      wake();
      steerTo(chooseNext() ?? firstMissing(file));
    },

    arrived: wake,

    join(span) {
      if (readers.length >= maxReaders) return null;
      const state: ReaderState = { next: span, waiting: null };
      readers.push(state);
      steerTo(chooseNext());
      return {
        async until(piece, signal) {
          signal.throwIfAborted();
          state.next = { first: piece, last: span.last };
          if (isOnDisk(piece)) return;
          const { promise, resolve, reject } = Promise.withResolvers<void>();
          const abort = (): void => reject(signal.reason);
          signal.addEventListener("abort", abort, { once: true });
          state.waiting = { piece, resolve };
          steerTo(chooseNext());
          try {
            await promise;
          } finally {
            signal.removeEventListener("abort", abort);
            state.waiting = null;
            // Another reader may still wait for a piece that this reader drew the order away from.
            steerTo(chooseNext());
          }
        },
        leave() {
          const at = readers.indexOf(state);
          if (at === -1) return;
          readers.splice(at, 1);
          steerTo(chooseNext());
        },
      };
    },
  };
}
