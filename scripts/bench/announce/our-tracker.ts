import { argv } from "node:process";
import { startTracker } from "../../../tracker/main.ts";

/** Our tracker as a process. Arguments: the authority's address, the operator secret. */
const [, , authorityUrl = "", operatorSecret = ""] = argv;
const NONE = 1_000_000_000;
const tracker = await startTracker({
  authorityUrl,
  operatorSecret,
  // All load comes from this machine.
  perPrefix: { placesPerSwarm: NONE, places: NONE, announcesPerMinute: NONE, connections: NONE },
});
process.send?.({ url: tracker.url, udpPort: Number(new URL(tracker.udpUrl).port) });
process.once("disconnect", () => process.exit(0));
