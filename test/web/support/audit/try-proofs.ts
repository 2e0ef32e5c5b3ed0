import { readFile } from "node:fs/promises";
import { getAddress } from "ethers";
import type { Browser, Page } from "playwright-core";
import { runAudit } from "../../../../audit/audit.ts";
import { openChain } from "../../../../audit/chain/chain-reader.ts";
import { createGatherer } from "../../../../audit/proof/gather.ts";
import { MAX_EVENTS, proveLane } from "../../../../audit/proof/make-proof.ts";
import { decodeProof, encodeProof } from "../../../../audit/proof/proof-file.ts";
import { verifyProof } from "../../../../audit/proof/verify-proof.ts";
import { printable } from "../../../../protocol/base/text.ts";
import { HOSTILE_TEXTS } from "../hostile-texts.ts";
import type { Tally } from "../tally.ts";
import { openPage } from "../watched-page.ts";
import { auditPath, check } from "./audit-desk.ts";
import type { AuditStage } from "./audit-stage.ts";

const LANE = 1;

/** Proofs of the page are the command line's, and each reads the other's. */
export async function tryProofs(browser: Browser, stage: AuditStage, tally: Tally): Promise<void> {
  const { site, node, history } = stage;
  const payer = getAddress(history.payer);
  await using watched = await openPage(browser, [site, node.url], {});
  const { page, offences } = watched;
  const ours = await proveByCommand(stage, payer);

  await page.goto(site + auditPath(node.url, history.contract));
  await showFile(page, ours);
  const said = (await page.textContent(".check .proof")) ?? "";
  const due = verifyProof(decodeProof(ours));
  const isWhole = [due.subject, ...due.proven, ...due.trusted].every((text) => said.includes(printable(text, 2_000)));
  tally.check(isWhole, `the page reads the command line's proof: ${said}`);

  const amount = /"balance"|"lane": 1\b/.exec(ours)?.[0] ?? "";
  const forged = [ours.replace(amount, amount.replace("1", "2")), `${ours} `, "{}", "", ours.slice(0, -10), "\0\u202e"];
  for (const text of [...forged, ...HOSTILE_TEXTS.slice(0, 6)]) {
    await showFile(page, text);
    tally.hostileCases++;
    const refusal = (await page.textContent(".check [role=alert]")) ?? "";
    tally.check(refusal.includes("The proof does not hold"), `forged proof ${text.slice(0, 40)}: ${refusal}`);
  }

  await check(page);
  await page.fill("#follow-account", payer);
  await page.fill("#follow-lane", String(LANE));
  await page.click(".form.inline button");
  const made = await takeProof(page, "Make a proof of this lane");
  tally.check(made === ours, "the page's proof of a lane is the command line's");
  await page.fill("#follow-lane", "");
  await page.click(".form.inline button");
  const ofAccount = verifyProof(decodeProof(await takeProof(page, "Make a proof of this account")));
  tally.check(ofAccount.subject.includes(`The balance of ${payer}`), `a proof of an account: ${ofAccount.subject}`);
  tally.check(offences.length === 0, `with proofs: ${offences.join("; ")}`);
}

/** What `floodgate audit prove --lane` writes. */
async function proveByCommand({ history, node }: AuditStage, payer: string): Promise<string> {
  const signal = AbortSignal.timeout(120_000);
  const gatherer = createGatherer((one) => one.payer === payer && one.lane === LANE, MAX_EVENTS);
  const options = { rpcUrl: node.url, contract: history.contract, signal };
  const { contract, token, toBlock: block } = await runAudit({ ...options, observers: () => [gatherer.observer] });
  const chain = await openChain(node.url, signal);
  return encodeProof(await proveLane({ chain, contract, token, block, gathered: gatherer.close() }, payer, LANE));
}

async function takeProof(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(`text=${button}`)]);
  return await readFile(await download.path(), "utf8");
}

/** Gives the page a file, and waits for what it says. */
async function showFile(page: Page, text: string): Promise<void> {
  await page.evaluate("document.querySelectorAll('.check .state').forEach((one) => one.dataset.old = '')");
  await page.setInputFiles("#proof-file", { name: "p.json", mimeType: "application/json", buffer: Buffer.from(text) });
  await page.waitForSelector(".check .state:not([data-old])");
}
