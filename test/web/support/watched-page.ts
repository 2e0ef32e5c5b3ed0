import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";

/** A page of its own, and all that it did which no page of ours may do. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /** Dialogs, exceptions, console errors, breaches of the policy, requests to elsewhere. */
  readonly offences: string[];
}

/**
 * `site`, and others that it may ask. `prepare`: before the page is there, such as a wallet that is
 * injected.
 */
export async function openPage(
  browser: Browser,
  site: string | readonly string[],
  options: BrowserContextOptions,
  prepare: (context: BrowserContext) => Promise<void> = async () => undefined,
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  await prepare(context);
  const page = await context.newPage();
  const offences: string[] = [];
  page.on("dialog", (dialog) => {
    offences.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => offences.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    // A page that is answered with 404 is told so in the console, too.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      offences.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (![site].flat().some((one) => request.url().startsWith(one))) offences.push(`request: ${request.url()}`);
  });
  return { page, offences, [Symbol.asyncDispose]: () => context.close() };
}
