import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import type { Browser } from "playwright-core";
import { BREAK_CASES } from "../../../scripts/break-it/all.ts";
import { openPage } from "./watched-page.ts";

const ROOT = join(import.meta.dirname, "../../..");
/** The story comes first, and each case starts processes and waits for blocks. */
const PATIENCE_MS = 900_000;
const CTRL_C = "\x03";
const ADDRESS = /live, in a browser: (http:\/\/[\w.:]+\/\S*)/;

/** What a person reads of one case when it is over. */
export interface Broken {
  readonly id: string;
  /** Such as "as promised". */
  readonly state: string;
  readonly losses: readonly { readonly who: string; readonly lost: string; readonly most: string }[];
  readonly finding: string | null;
}

/**
 * The demo on a terminal: waits for its story to end, has each case of the break-it desk done by
 * its button in the browser, and ends it with Ctrl-C. `shots`: a folder for pictures, or null.
 * @returns what the page says of each case, what it did that no page may do, and the exit code
 */
export async function breakAll(
  browser: Browser,
  shots: string | null,
): Promise<{ readonly broken: Broken[]; readonly offences: readonly string[]; readonly code: number | null }> {
  if (shots !== null) mkdirSync(shots, { recursive: true });
  // `script` (util-linux) gives it a terminal.
  const command = `${JSON.stringify(execPath)} scripts/run.mjs scripts/demo/main.ts`;
  const demo = spawn("script", ["-qfec", command, "/dev/null"], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(demo, "exit") as Promise<[number | null]>;
  try {
    const url = await addressOf(demo);
    const { broken, offences } = await breakEach(browser, url, shots);
    demo.stdin.write(CTRL_C);
    const [code] = await ended;
    return { broken, offences, code };
  } finally {
    if (demo.exitCode === null) demo.stdin.write(CTRL_C);
    await ended;
  }
}

/** The address with its key, as the terminal shows it. */
async function addressOf({ stdout }: ChildProcess): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    stdout?.on("data", (words: Buffer) => {
      text += words.toString();

      const [, url] = ADDRESS.exec(text) ?? [];
      if (url !== undefined) resolve(url);
    });
    stdout?.once("end", () => reject(new Error(`the demo has ended without an address: ${text.slice(-2_000)}`)));
  });
}

async function breakEach(
  browser: Browser,
  url: string,
  shots: string | null,
): Promise<{ broken: Broken[]; offences: readonly string[] }> {
  await using watched = await openPage(browser, new URL(url).origin, { reducedMotion: "reduce" });
  const { page, offences } = watched;
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(url);
  const broken: Broken[] = [];
  for (const { id } of BREAK_CASES) {
    const one = page.locator(`#case-${id}`);
    await one.locator("button:not([disabled])").click();
    await one.locator(".losses, .state.bad").first().waitFor();
    const textsOf = (selector: string) => one.locator(selector).allInnerTexts();
    const [state = ""] = await textsOf(".act .state");
    const [who, lost, most] = await Promise.all(
      ["th[scope=row]", "td.lost", "td:last-child"].map((cell) => textsOf(`.losses tbody ${cell}`)),
    );
    const losses = (who ?? []).map((name, i) => ({ who: name, lost: lost?.[i] ?? "", most: most?.[i] ?? "" }));
    const [finding = null] = await textsOf(".finding");
    broken.push({ id, state, losses, finding });
    if (shots !== null) await one.screenshot({ path: join(shots, `broken-${id}.png`) });
  }
  if (shots !== null) await page.screenshot({ path: join(shots, "broken-all.png"), fullPage: true });
  return { broken, offences };
}
