import { render } from "preact";
import { tell } from "./act.ts";
import { logIn } from "./api.ts";
import { keepLive } from "./live.ts";
import { App } from "./parts/app.tsx";
import { LinkState } from "./parts/link-state.tsx";
import { notice, opened, playing } from "./state.ts";

const CODE = /^#code=([A-Za-z0-9_-]{43})$/;
const CONTENT = /^#\/([0-9a-f]{40})$/;

/** A code is taken out of the address at once: it is in no history, and no second tab gives it. */
async function useCode(): Promise<void> {
  const [, code] = CODE.exec(location.hash) ?? [];
  if (code === undefined) return;
  history.replaceState(null, "", "/");
  await logIn(code);
}

function route(): void {
  if (CODE.test(location.hash)) {
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
