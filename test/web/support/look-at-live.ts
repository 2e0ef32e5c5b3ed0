import type { Browser, Page } from "playwright-core";
import { ensurePages } from "../../../cli/pages/build-pages.ts";
import { BREAK_CASES } from "../../../scripts/break-it/all.ts";
import { judgeDeadAuthority, judgeOverAllotment } from "../../../scripts/break-it/judge-authority.ts";
import { judgeUnpaid } from "../../../scripts/break-it/judge-payers.ts";
import { Scene } from "../../../scripts/live/scene.ts";
import { startLiveServer } from "../../../scripts/live/server.ts";
import type { CasePicture, DeskPicture } from "../../../web/live/picture.ts";
import { HOSTILE_TEXTS } from "./hostile-texts.ts";
import { lookAt } from "./look.ts";
import { scriptKB } from "./script-size.ts";
import type { Tally } from "./tally.ts";
import { openPage } from "./watched-page.ts";

const MiB = 2 ** 20;
const SIZE = 120 * MiB;
const HASH = "ab".repeat(20);
const NAMES = ["seeder", "leecher1", "leecher2", "leecher3", "leecher4"];
const STEPS = ["Network", "Customers", "Publish", "Download", "Settle", "Audit", "Withdraw", "Alone"];

/** The demo's live page in two moments. Returns the size of its script, compressed, in kB. */
export async function lookAtLive(browser: Browser, tally: Tally, shots: string | null): Promise<number> {
  const folder = await ensurePages();
  await using server = await startLiveServer({ scripts: () => folder, start: () => undefined });
  const { origin, pathname: path } = new URL(server.url);
  const scene = new Scene();
  scene.begin("The life of a file.", STEPS);
  const prepare = async (page: Page): Promise<void> => {
    await page.waitForSelector(".stage");
  };
  fill(scene);
  server.show(scene.read());
  const opened = async (page: Page): Promise<void> => {
    await prepare(page);
    await page.click(".flows summary");
  };
  await lookAt(browser, origin, [{ name: "live-download", path, prepare: opened }], { tally, shots });
  scene.step(STEPS.length);
  for (const name of NAMES) scene.leave(name);
  scene.desk = busyDesk;
  server.show(scene.read());
  await lookAt(browser, origin, [{ name: "live-desk", path, prepare }], { tally, shots });
  await attack(browser, origin, path, server, tally);
  return await scriptKB(browser, origin, path, "load");
}

/** A demo's page whose cases only say that they would run. */
export async function openLive(): Promise<AsyncDisposable & { readonly url: string }> {
  const folder = await ensurePages();
  const server = await startLiveServer({ scripts: () => folder, start: () => undefined });
  const scene = new Scene();
  scene.begin("The life of a file.", STEPS);
  fill(scene);
  scene.desk = busyDesk;
  server.show(scene.read());
  return server;
}

/** In the middle of a download. */
function fill(scene: Scene): void {
  scene.step(3);
  scene.token = { symbol: "TUSD", decimals: 6 };
  scene.publish({ infoHash: HASH, title: "film.mkv", bytesTotal: SIZE, pricePerGiB: 1_000_000n });
  const accountOf = (i: number): `0x${string}` => `0x${String(i + 1).repeat(40)}`;
  for (const [i, name] of NAMES.entries()) {
    scene.enter({ name, account: accountOf(i), home: "", isCheat: name === "leecher4" });
    const bytesDone = i === 0 ? SIZE : (i * SIZE) / 5;
    const rates = { rateDown: i === 0 ? 0 : 17.25 * MiB, rateUp: 9 * MiB };
    scene.hear(name, {
      event: "progress",
      bytesDone,
      bytesTotal: SIZE,
      paid: `${i * 23_580}`,
      earned: "60123",
      ...rates,
    });
    scene.own(name, 5_000_000n);
    const held = NAMES.flatMap((_, buyer) => {
      const amount = buyer === 0 || buyer === i ? 0n : BigInt((i === 0 ? 9_000 : 1_500) * buyer);
      return [{ payer: accountOf(buyer), infoHash: HASH, pricePerGiB: 1_000_000n, amount }];
    });
    scene.hold(name, held);
  }
  scene.authority = { url: "http://127.0.0.1:4000", isReachable: true };
  scene.height = 57;
  const of = (number: number, from: string, does: string, count: number, isDone = true) => ({
    ...{ number, at: 1_700_000_000 + number },
    transactions: Array.from({ length: count }, () => ({ from, does, isDone })),
  });
  scene.blocks = [
    ...[of(54, "authority", "batch", 1), of(51, "seeder", "claim", 1, false), of(30, "authority", "session", 5)],
    ...[of(27, "authority", "deposit", 5), of(3, "somebody", "deploy", 2)],
  ];
  scene.batches = [
    { number: null, state: "mined", kind: "vouchers", rows: 7, total: "226542", fee: "2265" },
    { number: 1, state: "final", kind: "statements", rows: 13, total: "245016", fee: "2442" },
  ];
  scene.say("command", `floodgate get ${HASH} --out $DEMO/leecher1/downloads --seed --home $DEMO/leecher1`);
  scene.say("warning", "leecher2: piece 17 had a wrong hash: another peer is asked for it");
  scene.say("step", "The leecher asks for everything, and pays nothing.");
}

/** A case in each state. */
function busyDesk(): DeskPicture {
  const claim = { promised: 3_906n, paidBefore: 0n, claimed: 3_906n, payerPaid: 3_906n };
  const over = { promised: 1_500_000n, fromPayer: 0n, fromBond: 1_000_000n, budget: 1_000_000n };
  const told: Record<string, Pick<CasePicture, "state" | "steps" | "verdict">> = {
    "kill-authority": {
      state: "done",
      steps: ["The file is bought, and paid by vouchers. Now the authority dies.", "The authority starts again."],
      verdict: judgeDeadAuthority({ ...claim, gas: 151_881_001_063_167n }),
    },
    "cut-node": { state: "running", steps: ["The authority starts again, with the proxy for a node."], verdict: null },
    "settle-low": { state: "failed", steps: ["It could not be done: the chain is away"], verdict: null },
    "over-allot": {
      state: "done",
      steps: ["The accomplice has taken the whole deposit."],
      verdict: judgeOverAllotment({ ...over, payerSigned: 6_500_000n, payerPaid: 5_000_000n, finding: null }),
    },
    "stop-paying": {
      state: "done",
      steps: ["The leecher asks for everything, and pays nothing."],
      verdict: judgeUnpaid({ unpaidBytes: 2 * MiB, creditBytes: MiB, problems: ["It lost too much."] }),
    },
  };
  const cases = BREAK_CASES.map(({ id, title, deed }) => ({
    ...{ id, title, deed, state: "ready" as const, steps: [], verdict: null },
    ...told[id],
  }));
  return { isOpen: true, closedBecause: null, cases };
}

/** Whatever a title, a peer or a program says is text, and nothing else. */
async function attack(
  browser: Browser,
  origin: string,
  path: string,
  server: { show(picture: ReturnType<Scene["read"]>): void },
  tally: Tally,
): Promise<void> {
  const scene = new Scene();
  const [title = ""] = HOSTILE_TEXTS;
  scene.begin(title, [title]);
  scene.publish({ infoHash: HASH, title, bytesTotal: 1, pricePerGiB: 1n });
  for (const text of HOSTILE_TEXTS) {
    scene.enter({ name: text, account: `0x${"1".repeat(40)}`, home: "", isCheat: true });
    scene.say("warning", text);
  }
  server.show(scene.read());
  await using watched = await openPage(browser, origin, {});
  await watched.page.goto(origin + path);
  await watched.page.waitForSelector(".log li");
  const shown = await watched.page.locator(".log li").allTextContents();
  for (const { text } of scene.read().log) {
    tally.hostileCases++;
    tally.check(shown.includes(text), `the live page shows as text: ${text}`);
  }
  const scripts = await watched.page.locator("#live script, #live iframe, #live img").count();
  tally.check(scripts === 0, "no text becomes an element on the live page");
  tally.check(watched.offences.length === 0, `live page: ${watched.offences.join("; ")}`);
}
