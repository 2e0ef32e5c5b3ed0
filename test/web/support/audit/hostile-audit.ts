import { AbiCoder, id } from "ethers";
import type { Browser } from "playwright-core";
import { printable } from "../../../../protocol/base/text.ts";
import { about } from "../../../audit/support/lying-node.ts";
import { HOSTILE_TEXTS } from "../hostile-texts.ts";
import type { Tally } from "../tally.ts";
import { openPage } from "../watched-page.ts";
import { auditPath, check } from "./audit-desk.ts";
import type { AuditStage } from "./audit-stage.ts";
import { startServer } from "./test-server.ts";

const SYMBOL = id("symbol()").slice(0, 10);
const MiB = 1024 * 1024;

/**
 * Nodes that lie, break or say nothing, and links with bad forms: the page says what went wrong in
 * one line, never "clean", and a stranger's text stays a text.
 */
export async function attackAudit(browser: Browser, stage: AuditStage, tally: Tally): Promise<void> {
  await breakNodes(browser, stage, tally);
  await fillForms(browser, stage.site, tally);
  await nameTokens(browser, stage, tally);
}

interface Case {
  readonly what: string;
  readonly url: string;
  readonly contract?: string;
  readonly chain?: string;
  readonly code: string;
}

async function breakNodes(browser: Browser, stage: AuditStage, tally: Tally): Promise<void> {
  const { history, node } = stage;
  await using garbage = await stage.lyingNode(() => '{"jsonrpc":"2.0","id":1,"resu');
  await using otherChain = await stage.lyingNode(about("eth_chainId", () => "0x1"));
  await using noNumber = await stage.lyingNode(about("eth_chainId", () => "<img src=x onerror=alert(1)>"));
  await using cutLogs = await stage.lyingNode(
    about("eth_getLogs", (logs: { data: string }[]) => logs.map((log) => ({ ...log, data: log.data.slice(0, 34) }))),
  );
  await using oldBlocks = await stage.lyingNode(
    about("eth_getBlockByNumber", (block: object) => ({ ...block, number: "0x1" })),
  );
  await using noCode = await stage.lyingNode(about("eth_getCode", () => "0x"));
  await using huge = await startServer((_request, response) => response.end("x".repeat(33 * MiB)));
  await using closed = await startServer((_request, response) => response.destroy());
  await using elsewhere = await startServer((_request, response) =>
    response.writeHead(307, { location: node.url }).end(),
  );
  const nobody = `0x${"12".repeat(20)}`;
  const cases: readonly Case[] = [
    { what: "gives half of its answers", url: garbage.url, code: "RPC_UNAVAILABLE" },
    { what: "is on another chain", url: otherChain.url, chain: "31337", code: "CHAIN_MISMATCH" },
    { what: "has a chain that is no number", url: noNumber.url, code: "RPC_UNAVAILABLE" },
    { what: "cuts its logs", url: cutLogs.url, code: "RPC_ANSWER_INVALID" },
    { what: "gives other blocks than were asked for", url: oldBlocks.url, code: "RPC_ANSWER_INVALID" },
    { what: "hides the contract's code", url: noCode.url, code: "CONTRACT_MISSING" },
    { what: "knows no such contract", url: node.url, contract: nobody, code: "CONTRACT_MISSING" },
    { what: "knows another contract there", url: node.url, contract: history.token, code: "CONTRACT_OTHER" },
    { what: "answers without end", url: huge.url, code: "RPC_ANSWER_TOO_LARGE" },
    { what: "closes every connection", url: closed.url, code: "RPC_UNAVAILABLE" },
    { what: "sends the page elsewhere", url: elsewhere.url, code: "RPC_UNAVAILABLE" },
  ];
  for (const { what, url, contract = history.contract, chain, code } of cases) {
    await using watched = await openPage(browser, [stage.site, url], {});
    const { page, offences } = watched;
    await page.goto(stage.site + auditPath(url, contract, chain === undefined ? {} : { chain }));
    const end = await check(page);
    const said = end === "failed" ? await page.textContent(".failed") : "";
    tally.hostileCases++;
    const isTold = (said ?? "").includes(code) && !/clean/i.test((await page.textContent("main")) ?? "");
    tally.check(isTold, `a node that ${what}: ${end}, ${said}`);
    tally.check(offences.length === 0, `a node that ${what}: ${offences.join("; ")}`);
  }
  await cancelSilence(browser, stage, tally);
}

/** A node that never answers is left with one click, and another is asked. */
async function cancelSilence(browser: Browser, stage: AuditStage, tally: Tally): Promise<void> {
  await using silent = await startServer(() => undefined);
  await using watched = await openPage(browser, [stage.site, silent.url, stage.node.url], {});
  const { page } = watched;
  await page.goto(stage.site + auditPath(silent.url, stage.history.contract));
  await page.click("text=Check the history");
  await page.click("text=Cancel");
  await page.waitForSelector(".progress", { state: "detached" });
  await page.fill("#rpcUrl", stage.node.url);
  tally.hostileCases++;
  tally.check((await check(page)) === "done", "a node that never answers can be left for another");
}

/** A link fills the form, and starts nothing. What is no address is refused where it stands. */
/** What a link or a visitor may write into the form. `site`: whose auditor it is. */
export async function fillForms(browser: Browser, site: string, tally: Tally): Promise<void> {
  await using watched = await openPage(browser, site, {});
  const { page, offences } = watched;
  const contract = `0x${"c0".repeat(20)}`;
  const judge = async (what: string, field: string, texts: readonly string[] | null): Promise<void> => {
    const refused = (await page.evaluate(`(${TYPE_IN})(${JSON.stringify({ field, texts })})`)) as boolean[];
    for (const [i, isRefused] of refused.entries()) {
      tally.hostileCases++;
      tally.check(isRefused, `${what} ${JSON.stringify(texts?.[i] ?? "")} is taken`);
    }
    tally.check(offences.length === 0, `${what}: ${offences.splice(0).join("; ")}`);
  };
  for (const text of HOSTILE_TEXTS.slice(0, 4)) {
    await page.goto(site + auditPath(text, text, { chain: text, bundles: text }));
    await judge("a link", "rpcUrl", null);
  }
  await page.goto(site + auditPath("", contract));
  const bad = ["javascript:alert(1)", "file:///etc/passwd", "ftp://x", "data:text/plain,{}", "ws://x", "//x"];
  const urls = [...bad, "https://user:word@node.example", ...HOSTILE_TEXTS];
  await judge("node", "rpcUrl", ["", ...urls]);
  await page.fill("#rpcUrl", "http://127.0.0.1:1");
  await judge("contract", "contract", ["", "0x12", `0x${"g".repeat(40)}`, ...HOSTILE_TEXTS]);
  await page.fill("#contract", contract);
  await page.click("text=Bundles: what");
  await judge("bundles", "bundlesUrl", urls);
  await page.fill("#bundlesUrl", "");
  await page.click("text=Chain, blocks");
  await judge("chain", "chainId", ["-1", "1e9", "0x1", "1.5"]);
}

/** In the page: types each text, submits, and says whether the form refused it and nothing ran. */
const TYPE_IN = `async ({ field, texts }) => {
  const input = document.getElementById(field);
  const drawn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const refused = [];
  for (const text of texts ?? [null]) {
    if (text !== null) {
      input.value = text;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      await drawn();
    }
    document.querySelector("form").requestSubmit();
    await drawn();
    const isBad = input.matches(":invalid, [aria-invalid=true]");
    refused.push(isBad && document.querySelector(".progress") === null);
  }
  return refused;
}`;

/** The one free text of a chain. */
async function nameTokens(browser: Browser, stage: AuditStage, tally: Tally): Promise<void> {
  let symbol = "";
  await using node = await stage.lyingNode((question, honest) => {
    const [call] = question.params as [{ data?: string; input?: string }?];
    const isAsked = question.method === "eth_call" && (call?.data ?? call?.input) === SYMBOL;
    return isAsked ? { result: AbiCoder.defaultAbiCoder().encode(["string"], [symbol]) } : honest;
  });
  await using watched = await openPage(browser, [stage.site, node.url], {});
  const { page, offences } = watched;
  // One that loads, one that runs, one that closes what is around it, one that hides.
  for (const text of [HOSTILE_TEXTS[5], HOSTILE_TEXTS[0], HOSTILE_TEXTS[1], "\u202e\u200bx"] as string[]) {
    symbol = text;
    await page.goto(stage.site + auditPath(node.url, stage.history.contract));
    await check(page);
    const shown = (await page.textContent("#totals")) ?? "";
    tally.hostileCases++;
    const isText = shown.includes(printable(text.slice(0, 20), 20)) && offences.length === 0;
    tally.check(isText, `symbol ${JSON.stringify(text)}: ${shown} ${offences.splice(0).join("; ")}`);
  }
}
