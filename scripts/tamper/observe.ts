import type { CampaignOptions } from "./campaign.ts";
import { observeBundles } from "./observe-bundles.ts";

/** What an audit with bundles and vouchers says of every history that it did not check. */
const ANNOUNCED = [/^the sizes of contents are not known: /, /^releases that T signed and nobody used: /];

/**
 * What the audit looks at besides the chain, and what it says that it could not see of an honest
 * history.
 */
export const observe: Pick<CampaignOptions, "observe" | "isAnnounced"> = {
  observe: observeBundles,
  isAnnounced: (sentence) => ANNOUNCED.some((announced) => announced.test(sentence)),
};
