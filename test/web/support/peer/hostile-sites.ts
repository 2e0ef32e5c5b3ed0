import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import type { Tally } from "../tally.ts";
import { openPage } from "../watched-page.ts";
import { enter } from "./look-at-peer.ts";
import { EMPTY } from "./scenes.ts";
import { StagedPeer, staged } from "./staged-peer.ts";

/**
 * Another program of this machine serves a page on another port: for a browser it is the same site,
 * so it gets the cookie, and its requests carry it. The owner has that page open while logged in.
 */
export async function attackFromElsewhere(browser: Browser, tally: Tally): Promise<void> {
  const content = staged(1);
  await using peer = await StagedPeer.open({ ...EMPTY, contents: [content] });
  const got: string[] = [];
  const evil = createServer((request, response) => {
    got.push(request.headers.cookie ?? "");
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>evil</title><body></body>");
  });
  evil.listen(0, "127.0.0.1");
  await once(evil, "listening");
  const evilSite = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`;
  try {
    await using watched = await openPage(browser, peer.site, {});
    const { page, offences } = watched;
    await page.goto(`${peer.site}/`);
    await enter(page, peer);
    await checkForLeaks(page, peer, tally);
    const tab = await page.context().newPage();
    await tab.goto(evilSite);
    const judge = (what: string, isHeld: boolean): void => {
      tally.hostileCases++;
      tally.check(isHeld, `from another port: ${what}`);
    };
    const [cookie = ""] = got.filter((one) => one.includes("floodgate-peer-"));
    judge("the test has the cookie", cookie !== "");
    for (const path of ["/v1/peer", "/v1/contents", "/v1/events", "/openapi.json"])
      judge(`${path} by the cookie alone`, (await fetch(peer.site + path, { headers: { cookie } })).status === 401);
    for (const [what, code] of attacksOn(peer.site, content.infoHash))
      judge(what, (await tab.evaluate(`(${code})().then(() => false, () => true)`)) === true);
    judge("nothing was done to a content", peer.asked.length === 0);
    await tab.evaluate(
      `document.body.append(Object.assign(document.createElement("iframe"), { src: "${peer.site}/" }))`,
    );
    const frame = tab.frames()[1];
    await frame?.waitForLoadState("load").catch(() => undefined);
    judge("its page in a frame", ((await frame?.locator(".stats").count()) ?? 0) === 0);
    await tab.close();
    tally.check(offences.length === 0, `beside another port's page: ${offences.join("; ")}`);
    await page.reload();
    await page.waitForSelector(".stats");
  } finally {
    evil.close();
    evil.closeAllConnections();
  }
}

/** Promises that resolve when the attack has succeeded. */
function attacksOn(site: string, id: string): readonly (readonly [what: string, code: string])[] {
  const read = (path: string, init: string) =>
    `() => fetch("${site}${path}", ${init}).then(async (answer) => { if (!answer.ok) throw 0; await answer.text(); })`;
  const load = (tag: string, path: string) =>
    `() => new Promise((ok, no) => { const e = document.createElement("${tag}"); e.onload = e.onloadedmetadata = ok; e.onerror = no; e.src = "${site}${path}"; document.head.append(e); })`;
  const withCookie = 'credentials: "include"';
  return [
    ["reads contents", read("/v1/contents", `{ ${withCookie} }`)],
    ["reads the peer", read("/v1/peer", `{ ${withCookie} }`)],
    ["reads events", read("/v1/events", `{ ${withCookie} }`)],
    ["reads the page", read("/", `{ ${withCookie} }`)],
    ["sends its own key", read("/v1/peer", `{ ${withCookie}, headers: { "floodgate-page": "x" } }`)],
    ["pauses", read(`/v1/contents/${id}`, `{ ${withCookie}, method: "PATCH", body: '{"isPaused":true}' }`)],
    ["removes", read(`/v1/contents/${id}?data=true`, `{ ${withCookie}, method: "DELETE" }`)],
    ["stops the peer", read("/v1/peer/stop", `{ ${withCookie}, method: "POST" }`)],
    ["asks for a code", read("/v1/page/codes", `{ ${withCookie}, method: "POST" }`)],
    ["loads an answer as a script", load("script", "/v1/contents")],
    ["loads the page's files as a script", load("script", "/")],
    ["loads an answer as a picture", load("img", "/v1/peer")],
    [
      "listens with EventSource",
      `() => new Promise((ok, no) => { const s = new EventSource("${site}/v1/events", { withCredentials: true }); s.onmessage = s.onopen = ok; s.onerror = () => { s.close(); no(); }; })`,
    ],
  ];
}

/** Neither code nor secrets are where scripts, histories or other programs see them. */
async function checkForLeaks(page: Page, peer: StagedPeer, tally: Tally): Promise<void> {
  const { cookies, seen } = (await page.evaluate(
    `({ cookies: document.cookie, seen: [location.href, document.referrer, document.documentElement.outerHTML, ...performance.getEntries().map(({ name }) => name)].join("\\n") })`,
  )) as { cookies: string; seen: string };
  const [cookie] = await page.context().cookies();
  tally.hostileCases += 4;
  tally.check(cookies === "", "a script reads the cookie");
  tally.check(cookie?.httpOnly === true && cookie.sameSite === "Strict", "the cookie is not held");
  tally.check(
    !seen.includes(peer.token) && !seen.includes(cookie?.value ?? "-"),
    "a secret is in the page or an address",
  );
  tally.check(!seen.includes("code="), "the code is in an address");
}
