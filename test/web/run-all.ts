import type { Browser } from "playwright-core";
import { ensurePages } from "../../cli/pages/build-pages.ts";
import { attackAccount } from "./support/account/hostile-account.ts";
import { lookAtAccount } from "./support/account/look-at-account.ts";
import { AuditStage } from "./support/audit/audit-stage.ts";
import { compareAudits } from "./support/audit/compare-audits.ts";
import { followMoney } from "./support/audit/follow-money.ts";
import { hostAnywhere } from "./support/audit/host-anywhere.ts";
import { attackAudit, fillForms } from "./support/audit/hostile-audit.ts";
import { auditLongHistory } from "./support/audit/long-audit.ts";
import { lookAtAudit } from "./support/audit/look-at-audit.ts";
import { tryProofs } from "./support/audit/try-proofs.ts";
import { CONTENTS } from "./support/contents.ts";
import { attackRepository } from "./support/hostile-repository.ts";
import { lookAt } from "./support/look.ts";
import { lookAtKit } from "./support/look-at-kit.ts";
import { lookAtLive } from "./support/look-at-live.ts";
import { attackDesk } from "./support/operator/hostile-desk.ts";
import { lookAtDesk } from "./support/operator/look-at-desk.ts";
import { attackPeer } from "./support/peer/hostile-peer.ts";
import { lookAtPeer } from "./support/peer/look-at-peer.ts";
import { scriptKB } from "./support/script-size.ts";
import { Stage } from "./support/stage.ts";
import { Tally } from "./support/tally.ts";
import { openPage } from "./support/watched-page.ts";

/** What `npm run test:web -- --json` prints last. */
export interface WebResult {
  readonly passed: number;
  readonly failed: number;
  readonly hostileCases: number;
  readonly axeSerious: number;
  /** Script that a page loads, compressed, in 1,000 bytes. */
  readonly repositoryScriptKB: number;
  readonly accountScriptKB: number;
  readonly screenshots: number;
}

/** Looks at all pages in a real browser. `shots`: a directory for pictures, or null for none. */
export async function runAll(
  browser: Browser,
  shots: string | null,
): Promise<{ result: WebResult; failures: string[] }> {
  const tally = new Tally();
  const repositoryScriptKB = await runRepository(browser, tally, shots);
  await runDesk(browser, tally, shots);
  const accountScriptKB = await runAccount(browser, tally, shots);
  await runAuditor(browser, tally, shots);
  await runLive(browser, tally, shots);
  await runPeer(browser, tally, shots);
  await lookAtKit(browser, tally, shots);
  const { passed, failures, hostileCases, axeSerious, screenshots } = tally;
  const counts = { passed, failed: failures.length, hostileCases, axeSerious };
  return { result: { ...counts, repositoryScriptKB, accountScriptKB, screenshots }, failures: [...failures] };
}

/** The repository. Returns the size of a content's script, compressed, in kB. */
export async function runRepository(browser: Browser, tally: Tally, shots: string | null): Promise<number> {
  const repositoryScriptKB = await lookAtRepository(browser, tally, shots);
  await attackRepository(browser, tally);
  return repositoryScriptKB;
}

export async function runDesk(browser: Browser, tally: Tally, shots: string | null): Promise<void> {
  await lookAtDesk(browser, tally, shots);
  await attackDesk(browser, tally);
}

/** The account. Returns the size of its script, compressed, in kB. */
export async function runAccount(browser: Browser, tally: Tally, shots: string | null): Promise<number> {
  const accountScriptKB = await lookAtAccount(browser, tally, shots);
  await attackAccount(browser, tally);
  return accountScriptKB;
}

/** The auditor: it says what the command line's says, of honest histories, of lies, and of junk. */
export async function runAuditor(browser: Browser, tally: Tally, shots: string | null): Promise<void> {
  await using stage = await AuditStage.open();
  await compareAudits(browser, stage, tally);
  await followMoney(browser, stage, tally);
  await tryProofs(browser, stage, tally);
  await hostAnywhere(browser, stage, tally);
  await lookAtAudit(browser, stage, { tally, shots });
  await attackAudit(browser, stage, tally);
  await auditLongHistory(browser, 800, { tally, shot: null });
}

/** The auditor as far as it asks no chain. */
export async function runAuditForm(browser: Browser, tally: Tally): Promise<void> {
  await using stage = await Stage.open(undefined, await ensurePages());
  const site = await stage.listen();
  await lookAt(browser, site, [{ name: "audit-form", path: "/audit#bundles=https://a.example" }], {
    tally,
    shots: null,
  });
  await fillForms(browser, site, tally);
}

/** The demo's live page. Returns the size of its script, compressed, in kB. */
export function runLive(browser: Browser, tally: Tally, shots: string | null): Promise<number> {
  return lookAtLive(browser, tally, shots);
}

/** The page of a running peer. Returns the size of its script, compressed, in kB. */
export async function runPeer(browser: Browser, tally: Tally, shots: string | null): Promise<number> {
  const peerScriptKB = await lookAtPeer(browser, tally, shots);
  await attackPeer(browser, tally);
  return peerScriptKB;
}

async function lookAtRepository(browser: Browser, tally: Tally, shots: string | null): Promise<number> {
  await using stage = await Stage.open();
  const site = await stage.listen();
  await lookAt(browser, site, [{ name: "empty", path: "/" }], { tally, shots });
  const hashes: string[] = [];
  for (const content of CONTENTS) hashes.push(await stage.add(content));
  const views = [
    { name: "list", path: "/" },
    { name: "search", path: "/?q=wiki" },
    { name: "nothing-found", path: "/?q=no+such+thing" },
    { name: "content", path: `/contents/${hashes[1]}` },
    { name: "content-free", path: `/contents/${hashes[3]}` },
    { name: "content-long", path: `/contents/${hashes[8]}` },
    { name: "not-found", path: "/nowhere" },
  ];
  await lookAt(browser, site, views, { tally, shots });
  await useWithoutScript(browser, site, tally);
  return await scriptKB(browser, site, `/contents/${hashes[1]}`);
}

/** Everything can be reached and read without JavaScript. */
async function useWithoutScript(browser: Browser, site: string, tally: Tally): Promise<void> {
  await using watched = await openPage(browser, site, { javaScriptEnabled: false });
  const { page, offences } = watched;
  await page.goto(site);
  await page.fill("#q", "bunny");
  await page.press("#q", "Enter");
  await page.click("text=Big Buck Bunny");
  tally.check((await page.textContent("h1")) === "Big Buck Bunny, 4K 60 fps", "search and open, without script");
  tally.check(await page.isVisible("text=floodgate get"), "the command is there without script");
  tally.check(!(await page.isVisible("button[data-copy]")), "no button that does nothing");
  tally.check(offences.length === 0, `without script: ${offences.join("; ")}`);
}
