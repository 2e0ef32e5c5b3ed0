import type { Browser } from "playwright-core";
import { printable } from "../../../../protocol/base/text.ts";
import type { Tally } from "../tally.ts";
import { openPage } from "../watched-page.ts";
import { auditPath, check, findingsOn } from "./audit-desk.ts";
import type { AuditStage } from "./audit-stage.ts";
import { LIES } from "./lies.ts";

/** Of honest and tampered histories the page must say what the command line's auditor says. */
export async function compareAudits(browser: Browser, stage: AuditStage, tally: Tally): Promise<void> {
  for (const [name, lie] of [["tells the truth", null], ...Object.entries(LIES)] as const) {
    await using node = await stage.lyingNode(lie === null ? (_question, honest) => honest : lie(stage));
    const { findings, findingCount, notCheckedCount } = await stage.auditByCommand(node.url);
    tally.check(findingCount > 0 === (lie !== null), `a node that ${name} gives ${findingCount} findings`);
    await using watched = await openPage(browser, [stage.site, node.url], {});
    const { page, offences } = watched;
    await page.goto(stage.site + auditPath(node.url, stage.history.contract));
    tally.check((await check(page)) === "done", `the page finishes with a node that ${name}`);
    const shown = await findingsOn(page);
    const due = findings.map(({ severity, sentence, check: number }) => `${severity}${sentence} check ${number}`);
    const isSame = shown.length === due.length && due.every((text, i) => shown[i]?.startsWith(printable(text, 4_000)));
    tally.check(isSame, `a node that ${name}: the page says ${shown.join("; ")} instead of ${due.join("; ")}`);
    const title = (await page.textContent("#verdict")) ?? "";
    const [isClean, isWhole] = [findingCount === 0, notCheckedCount === 0];
    const words = isClean ? (isWhole ? "Clean" : `Clean, but ${notCheckedCount} things`) : `Not clean: ${findingCount}`;
    tally.check(title.startsWith(words), `a node that ${name}: the page's verdict is ${title}`);
    tally.check(offences.length === 0, `a node that ${name}: ${offences.join("; ")}`);
  }
}
