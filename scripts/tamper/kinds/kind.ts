import type { Random } from "../random.ts";
import type { Recording } from "../recording.ts";

/** A recording with one lie in it. */
export interface Lie {
  readonly recording: Recording;
  /** Names of the checks that are right: one of them must find it. */
  readonly checks: readonly string[];
}

/** One way to lie about a history. */
export interface Kind {
  readonly name: string;
  /** Null when the recording has nothing that this could be told of. */
  tell(recording: Recording, random: Random): Lie | null;
}
