import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import type { Tally } from "../tally.ts";
import { openPage } from "../watched-page.ts";
import { enter } from "./look-at-peer.ts";
import { EMPTY } from "./scenes.ts";
import { StagedPeer, staged } from "./staged-peer.ts";

const PAGE = "<!doctype html><title>mine</title><script>alert(document.cookie)</script><h1>hello</h1>";
const SCRIPT = "alert(1)";
const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
const TRANSFORM = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>';

/** What a publisher may put into a content, and call as it likes. */
const FILES: readonly (readonly [name: string, bytes: string])[] = [
  ["page.html", PAGE],
  ["page.htm", PAGE],
  ["PAGE.HTML", PAGE],
  ["page.shtml", PAGE],
  ["page.xhtml", TRANSFORM],
  ["page.xml", TRANSFORM],
  ["page.xsl", TRANSFORM],
  ["page.mhtml", PAGE],
  ["picture.svg", PICTURE],
  ["picture.svgz", PICTURE],
  ["script.js", SCRIPT],
  ["script.mjs", SCRIPT],
  ["style.css", "@import 'https://evil.example/'"],
  ["module.wasm", "\0asm"],
  ["paper.pdf", "%PDF-1.7"],
  ["manifest.json", "{}"],
  ["text.txt", PAGE],
  ["no-extension", PAGE],
  ["film.mp4.html", PAGE],
  ["film.mp4", PAGE],
  ["film.webm", PAGE],
  ["film.ogv", PICTURE],
  ["sound.mp3", SCRIPT],
  ["sound.wav", PAGE],
  ["list.m3u8", "#EXTM3U\nhttps://evil.example/x.ts"],
  ["list.pls", PAGE],
  ["a\r\ncontent-type: text/html\r\n\r\n.mp4", PAGE],
  ["..%2f..%2fpage.html", PAGE],
  ["name\u202egnp.html", PAGE],
  ['"; filename="page.html', PAGE],
];

/** Each is opened as a person would that has its address: nothing of it runs, or is believed. */
export async function attackMedia(browser: Browser, tally: Tally): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "floodgate-media-"));
  try {
    const played = FILES.map(([name, bytes], i) => {
      const path = join(directory, String(i));
      writeFileSync(path, bytes);
      return { path, name, length: Buffer.byteLength(bytes) };
    });
    await using peer = await StagedPeer.open({ ...EMPTY, contents: [staged(1)], played });
    await using watched = await openPage(browser, peer.site, { acceptDownloads: true });
    const { page, offences } = watched;
    await page.goto(`${peer.site}/`);
    await enter(page, peer);
    for (const [index, [name]] of FILES.entries()) {
      const found = (await page.evaluate(`(${openFile})("${staged(1).infoHash}", ${index})`)) as Opened;
      const { path, headers } = found;
      const isMedia = /^(video|audio)\/[\w.+-]+$/.test(headers["content-type"] ?? "");
      const isSaved = headers["content-disposition"] === "attachment";
      tally.hostileCases++;
      tally.check(
        isMedia ? !isSaved : isSaved && headers["content-type"] === "application/octet-stream",
        `${JSON.stringify(name)} goes out as ${headers["content-type"]}, ${headers["content-disposition"]}`,
      );
      tally.check(
        headers["x-content-type-options"] === "nosniff" &&
          (headers["content-security-policy"]?.startsWith("sandbox; default-src 'none'") ?? false) &&
          headers["cross-origin-resource-policy"] === "same-origin",
        `${JSON.stringify(name)} lacks a header that holds it`,
      );
      const tab = await page.context().newPage();
      tab.on("dialog", (dialog) => {
        offences.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      // A download is no navigation, and says so by an error.
      await tab.goto(peer.site + path, { waitUntil: "commit" }).catch(() => undefined);
      tally.check((await tab.title()) !== "mine", `${JSON.stringify(name)} became a page`);
      await tab.close();
      tally.check(offences.length === 0, `${JSON.stringify(name)}: ${offences.splice(0).join("; ")}`);
    }
    const path = ((await page.evaluate(`(${openFile})("${staged(1).infoHash}", 0)`)) as Opened).path;
    tally.hostileCases++;
    const { status } = await fetch(peer.site + path);
    tally.check(status === 401, `a file's address alone answers ${status}`);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

interface Opened {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** In the page, with its cookie and key. */
const openFile = `async (id, index) => {
  const headers = { "floodgate-page": localStorage.getItem("floodgate-page") };
  const opened = await fetch("/v1/contents/" + id + "/files/" + index + "/play", { method: "POST", headers });
  const { path } = await opened.json();
  const answer = await fetch(path, { method: "HEAD" });
  return { path, headers: Object.fromEntries(answer.headers) };
}`;
