import type { CampaignOptions } from "./campaign.ts";

/** What the audit looks at besides the chain, and what it says that it could not see of an honest history. */
export const observe: Pick<CampaignOptions, "observe" | "isAnnounced"> = {
  observe: async () => [],
  isAnnounced: () => false,
};
