import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Debian's; npm brings none. The shell is the same engine without a window: half of the work. */
const PROGRAMS = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"] as const;
const FLAGS = ["disable-gpu", "no-first-run", "disable-background-networking", "disable-component-update"];

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: PROGRAMS.find((path) => existsSync(path)) ?? PROGRAMS[1],
    args: ["--no-sandbox", "--disable-sync", ...FLAGS.map((flag) => `--${flag}`)],
  });
}
