import type { CheckName } from "../../audit/checks.ts";
import type { Random } from "../random.ts";
import type { Recording } from "../recording.ts";

/** A recording with one lie in it. */
export interface Lie {
  readonly recording: Recording;
  /** Under which of these checks it must be found: one, or all that are right. */
  readonly checks: readonly CheckName[];
}

/** One way to lie about a history. */
export interface Kind {
  readonly name: string;
  /** Null when the recording has nothing that this could be told of. */
  tell(recording: Recording, random: Random): Lie | null;
}
