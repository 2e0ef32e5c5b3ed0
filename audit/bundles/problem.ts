import type { CheckName } from "../checks.ts";
import type { FindingDetails } from "../findings.ts";

/** A finding that needs no replay. */
export interface Problem {
  readonly check: CheckName;
  readonly sentence: string;
  readonly details: FindingDetails;
}
