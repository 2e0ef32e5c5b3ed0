import { closeSync, openSync, writeSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { type Browser, chromium } from "playwright-core";

/** Steps of a reader that looks on, until it has seen everything. */
const LOOK_MS = 50;

/**
 * Chromium's own page of a medium, one <video>, loads all of it: playing moves on to the end of
 * what is loaded. What came over the network is written where it belongs in the file.
 */
export async function fetchWithVideo(url: string, path: string): Promise<void> {
  const head = await fetch(url, { method: "HEAD" });
  const length = Number(head.headers.get("content-length"));
  const browser = await openBrowser();
  const file = openSync(path, "w");
  try {
    // Playwright can move on a page only where scripts may run, which the proxy forbids.
    const page = await browser.newPage({ bypassCSP: true });
    const network = await page.context().newCDPSession(page);
    await network.send("Network.enable");
    const offsets = new Map<string, number>();
    let seen = 0;
    const write = (requestId: string, data: string): void => {
      const at = offsets.get(requestId);
      if (at === undefined) return;
      const bytes = Buffer.from(data, "base64");
      writeSync(file, bytes, 0, bytes.length, at);
      offsets.set(requestId, at + bytes.length);
      seen = Math.max(seen, at + bytes.length);
    };
    network.on("Network.responseReceived", ({ requestId, response }) => {
      if (response.status !== 200 && response.status !== 206) return;
      const range = Object.entries(response.headers).find(([name]) => name.toLowerCase() === "content-range")?.[1];
      offsets.set(requestId, Number(/^bytes (\d+)-/.exec(range ?? "bytes 0-")?.[1]));
      network.send("Network.streamResourceContent", { requestId }).then(
        ({ bufferedData }) => write(requestId, bufferedData),
        () => undefined,
      );
    });
    network.on("Network.dataReceived", ({ requestId, data }) => data && write(requestId, data));
    await page.goto(url, { waitUntil: "commit" });
    while (seen < length) {
      const problem = await page.evaluate<string | null>(MOVE_ON);
      if (problem) throw new Error(`the browser cannot play it: ${problem}`);
      await setTimeout(LOOK_MS);
    }
  } finally {
    closeSync(file);
    await browser.close();
  }
}

/** Runs in the page: null, or why it cannot be played. */
const MOVE_ON = `(() => {
  const video = document.querySelector("video");
  if (!video || video.error) return video && video.error.message;
  video.muted = true;
  const { buffered } = video;
  if (buffered.length > 0) video.currentTime = buffered.end(buffered.length - 1);
  return null;
})()`;

async function openBrowser(): Promise<Browser> {
  const flags = ["disable-gpu", "no-first-run", "disable-background-networking", "disable-component-update"];
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-sync", ...flags.map((flag) => `--${flag}`)],
  });
}
