import { ensurePages, findPages } from "../../cli/pages/build-pages.ts";
import type { Scene } from "./scene.ts";
import { startLiveServer } from "./server.ts";
import { type Watch, type Watched, watchNetwork } from "./watch.ts";

/** The live page beside a story: the story tells what it does, the page shows it. */
export interface Live extends AsyncDisposable {
  readonly url: string;
  readonly scene: Scene;
  /** The network runs: its chain, API and stores are looked at while someone looks at the page. */
  watch(network: Watched): void;
  /** What the desk's buttons do. */
  onStart(start: (id: string) => void): void;
}

const LOOK_MS = 500;

/**
 * Scripts that are not there are built once the authority runs, which builds them itself: nothing
 * is done twice.
 */
export async function startLive(scene: Scene, warn: (line: string) => void): Promise<Live> {
  let scripts: string | null = null;
  let watch: Watch | null = null;
  let start = (_id: string): void => {
    throw new Error("the desk opens when the story is told");
  };
  let isLooking = false;
  const server = await startLiveServer({ scripts: () => scripts, start: (id) => start(id) });
  // Once the chain's process has been started, which takes longer than this.
  const looked = setTimeout(() => {
    scripts = findPages();
  }, LOOK_MS);
  const timer = setInterval(async () => {
    if (!server.isWatched || isLooking) return;
    isLooking = true;
    await watch?.look();
    server.show(scene.read());
    isLooking = false;
  }, LOOK_MS);
  return {
    url: server.url,
    scene,
    watch(network) {
      watch = watchNetwork(scene, network);
      if (scripts !== null) return;
      ensurePages().then(
        (folder) => {
          scripts = folder;
        },
        (error: Error) => warn(`the live page has no script, since it could not be built (${error.message})`),
      );
    },
    onStart(next) {
      start = next;
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(looked);
      clearInterval(timer);
      await server[Symbol.asyncDispose]();
    },
  };
}
