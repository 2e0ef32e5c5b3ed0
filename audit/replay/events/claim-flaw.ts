import type { CheckName } from "../../checks.ts";
import type { FindingDetails } from "../../findings.ts";

/** Why the contract must refuse a claim. */
export interface ClaimFlaw {
  readonly check: CheckName;
  readonly sentence: string;
  readonly details: FindingDetails;
}
