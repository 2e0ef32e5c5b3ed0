import { readOptions } from "../options.ts";
import { isFound, runCampaign } from "./campaign.ts";
import { campaignToJson, formatCampaign } from "./format-campaign.ts";
import { KINDS } from "./kinds/all.ts";
import { observe } from "./observe.ts";
import { record } from "./recording.ts";

/** `npm run audit:tamper`: does the audit find what it must? */

const HELP = `Usage: npm run audit:tamper -- [OPTIONS]

Honest histories must be clean, and every change of one must be found by the right check. Exit code
1 on a miss or a false alarm.

  --runs N        changes in total (1000)
  --clean N       honest histories (200)
  --seed TEXT     of all of them (1)
  --kind TEXT     only changes whose name contains it
  --history SEED  only this history, as a miss names it
  --json          one more line at the end, for programs`;

const values = readOptions(HELP, {
  runs: { type: "string", default: "1000" },
  clean: { type: "string", default: "200" },
  seed: { type: "string", default: "1" },
  kind: { type: "string", default: "" },
  history: { type: "string" },
  json: { type: "boolean" },
});

const kinds = KINDS.filter(({ name }) => name.includes(values.kind));
if (kinds.length === 0) throw new Error(`no kind of change has "${values.kind}" in its name`);
const { history, seed } = values;
const histories =
  history === undefined ? Array.from({ length: count(values.clean) }, (_, i) => `${seed}.${i}`) : [history];
const startedAt = performance.now();
const campaign = await runCampaign({
  histories,
  runs: count(values.runs),
  kinds,
  record,
  ...observe,
  onHistory(done) {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    if (done % 10 === 0) process.stderr.write(`${seconds} s: ${done} of ${histories.length} histories\n`);
  },
});
console.log(formatCampaign(campaign, kinds));
if (values.json) console.log(campaignToJson(campaign, kinds));
process.exit(campaign.falseAlarms.length === 0 && campaign.verdicts.every(isFound) ? 0 : 1);

function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`"${text}" is no count: write a number from 1`);
  return Number(text);
}
