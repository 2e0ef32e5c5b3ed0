import type { CheckName } from "../../../audit/checks.ts";
import type { Random } from "../random.ts";
import type { Recording } from "../recording.ts";

/** A recording with one lie in it. */
export interface Lie {
  readonly recording: Recording;
  /** The checks that are right: one of them must find it. */
  readonly checks: readonly CheckName[];
  /** A part of what the finding says. */
  readonly says?: string;
}

/** One way to lie about a history. */
export interface Kind {
  readonly name: string;
  /** Null when this history gives no occasion for it. */
  tell(recording: Recording, random: Random): Lie | null;
}
