import { type Browser, chromium } from "playwright-core";

/** Starts Debian's Chromium: npm brings none. */
export async function openBrowser(): Promise<Browser> {
  const flags = ["disable-gpu", "no-first-run", "disable-background-networking", "disable-component-update"];
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-sync", ...flags.map((flag) => `--${flag}`)],
  });
}
