import { render } from "preact";
import { tell } from "./act.ts";
import { keepLive } from "./live.ts";
import { hasCode, useCode } from "./log-in.ts";
import { App } from "./parts/app.tsx";
import { LinkState } from "./parts/link-state.tsx";
import { notice, opened, playing } from "./state.ts";

const CONTENT = /^#\/([0-9a-f]{40})$/;

function route(): void {
  if (hasCode()) {
    // Somebody has pasted a new address into this tab.
    useCode().then(() => location.reload(), tell);
    return;
  }
  const [, infoHash = null] = CONTENT.exec(location.hash) ?? [];
  if (infoHash === opened.value) return;
  opened.value = infoHash;
  playing.value = null;
  // What was said of a content that was removed is read in the list.
  if (infoHash !== null) notice.value = null;
  scrollTo(0, 0);
}

async function start(): Promise<void> {
  const [page, link] = [document.querySelector("#peer"), document.querySelector("#link")];
  if (page === null || link === null) return;
  await useCode().catch(tell);
  route();
  addEventListener("hashchange", route);
  keepLive();
  render(<App />, page);
  render(<LinkState />, link);
}

void start();
