import { env, exit, stderr } from "node:process";
import Table from "cli-table3";
import { readOptions } from "../options.ts";
import { findGrowth, readSnapshot, toSnapshot, writeSnapshot } from "./gas/snapshot.ts";

/** `npm run bench:gas`: what each step costs on-chain. */

const HELP = `Usage: npm run bench:gas -- [OPTIONS]

What each step costs on-chain, everything included (21,000 and calldata too), with the shipped build, on a chain in
this process. Median of later batches and calls.

  --write  keeps the figures as the snapshot
  --check  fails when one of them has grown by more than 1 % since the snapshot
  --json   one more line at the end, for programs`;

const values = readOptions(HELP, {
  json: { type: "boolean" },
  write: { type: "boolean" },
  check: { type: "boolean" },
});
// The shipped build, whatever the shell is set to.
delete env.FLOODGATE_IR;
const { measureGas } = await import("./gas/figures.ts");

const figures = await measureGas();
const table = new Table({ head: ["figure", "gas", "of what"], style: { head: [], border: [] } });
for (const [name, { gas, includes }] of Object.entries(figures)) table.push([name, gas, includes]);
console.log(table.toString());

const now = toSnapshot(figures);
const growth = values.check ? findGrowth(readSnapshot(), now) : [];
for (const line of growth) stderr.write(`error: ${line} (GAS_GREW)\n`);
if (growth.length > 0) stderr.write("If it is worth it, keep the figures: npm run bench:gas -- --write\n");
if (values.write) writeSnapshot(now);
if (values.json) console.log(JSON.stringify(now));
exit(growth.length === 0 ? 0 : 1);
