import { ALLOTMENT_KINDS } from "./allotment-kinds.ts";
import { BATCH_KINDS } from "./batch-kinds.ts";
import { BUNDLE_KINDS } from "./bundle-kinds.ts";
import { CLAIM_KINDS } from "./claims/claim-kinds.ts";
import { CLAIM_MANY_KINDS } from "./claims/claim-many-kinds.ts";
import { EVIDENCE_KINDS } from "./claims/evidence-kinds.ts";
import { CODE_KINDS } from "./code-kinds.ts";
import { EVENT_KINDS } from "./event-kinds.ts";
import { EXIT_KINDS } from "./exit-kinds.ts";
import { HELD_KINDS } from "./held-kinds.ts";
import { KEY_KINDS } from "./keys/key-kinds.ts";
import { ROTATION_KINDS } from "./keys/rotation-kinds.ts";
import type { Kind } from "./kind.ts";
import { LISTING_KINDS } from "./listing-kinds.ts";
import { OWNER_KINDS } from "./owner-kinds.ts";
import { ROW_KINDS } from "./row-kinds.ts";
import { SETTLEMENT_KINDS } from "./settlement-kinds.ts";
import { STATE_KINDS } from "./state-kinds.ts";

/** Every kind of lie that the audit must see through. */
export const KINDS: readonly Kind[] = [
  ...ROW_KINDS,
  ...BATCH_KINDS,
  ...CLAIM_KINDS,
  ...EVIDENCE_KINDS,
  ...CLAIM_MANY_KINDS,
  ...KEY_KINDS,
  ...ROTATION_KINDS,
  ...EXIT_KINDS,
  ...OWNER_KINDS,
  ...EVENT_KINDS,
  ...STATE_KINDS,
  ...CODE_KINDS,
  ...BUNDLE_KINDS,
  ...LISTING_KINDS,
  ...ALLOTMENT_KINDS,
  ...HELD_KINDS,
  ...SETTLEMENT_KINDS,
];
