import { backUp, restore } from "../../../authority/backup/backup.ts";

/** A process that does one of these, as the command line does: `backup FROM TO`. */
const [, , what, from, to] = process.argv as string[];
const work = what === "backup" ? backUp : restore;
await work(String(from), String(to));
