import { argv } from "node:process";
import { findContractWallets } from "../../../audit/chain/contract-wallets.ts";
import { streamHistory } from "../../../audit/chain/read-history.ts";
import { checksummed } from "../../../audit/facts/checksum.ts";
import { createRun } from "../../../audit/replay/create-run.ts";
import { finishReplay, replayHistory } from "../../../audit/replay/replay.ts";
import { createSqliteLaneBook } from "../../../audit/session/sqlite-lane-book.ts";
import { openStateFile } from "../../../audit/session/state-file.ts";
import { openRecording } from "./recorded-chain.ts";
import { CHAIN_ID, CONTRACT, TOKEN } from "./recording.ts";

/**
 * A process of its own that audits one recording, and prints what it found and what that took, as
 * JSON.
 */

const [path = "", lastBlock = "0"] = argv.slice(2);
const chain = openRecording(path);
const [contract, token] = [checksummed(CONTRACT.slice(2)), checksummed(TOKEN.slice(2))];
const rules = { chainId: BigInt(CHAIN_ID), contract, allotmentPeriod: 3_600, claimPeriod: 3_600 };
using file = openStateFile(null);
const run = createRun({ rules, money: String, seed: path, lanes: createSqliteLaneBook(file.database) });

const before = process.cpuUsage();
for await (const { transactions } of streamHistory(chain, {
  contract,
  token,
  fromBlock: 1,
  toBlock: Number(lastBlock),
})) {
  await findContractWallets(chain, run.domain, transactions);
  replayHistory(run, transactions);
}
finishReplay(run, run.last);
const { user, system } = process.cpuUsage(before);

const { rowsPaid, signaturesChecked, signaturesCheckedTwice } = run.tallies;
const [findings, notChecked] = [run.found.count(), run.unseen.count()];
const cpuSeconds = (user + system) / 1e6;
// Linux gives the highest resident set in KiB.
const rssMiB = process.resourceUsage().maxRSS / 1_024;
const sentence = run.findings[0]?.sentence ?? null;
console.log(
  JSON.stringify({
    rowsPaid,
    signaturesChecked,
    signaturesCheckedTwice,
    findings,
    notChecked,
    cpuSeconds,
    rssMiB,
    sentence,
  }),
);
