import { argv } from "node:process";
import { startTracker } from "../../../tracker/main.ts";

/** Our tracker as a process, with its own limits. Arguments: the authority's URL, its secret. */
const [, , authorityUrl = "", operatorSecret = ""] = argv;
const tracker = await startTracker({ authorityUrl, operatorSecret });
process.send?.({ url: tracker.url });
process.once("disconnect", () => process.exit(0));
