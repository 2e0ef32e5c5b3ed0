import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";
import { runAudit } from "../../../../audit/audit.ts";
import { openBundleSource } from "../../../../audit/bundles/bundle-source.ts";
import { followBundles } from "../../../../audit/bundles/follow-bundles.ts";
import type { Bundles } from "../../../../protocol/http/bundles.ts";
import type { RealAuthority } from "../../../authority/support/real-authority.ts";
import { openPage } from "../watched-page.ts";

/**
 * The auditor's page reads the authority's bundles, from its server and from the disk, and says of
 * them what the command line says; of a forged one, too.
 */
export async function auditWithBundles(browser: Browser, authority: RealAuthority): Promise<void> {
  const { url, rpcUrl } = authority;
  const { contract } = await authority.client.info();
  const { bundles } = (await (await fetch(`${url}/v1/bundles`)).json()) as Bundles;
  const files = await Promise.all(
    bundles.map(async ({ name }) => ({
      ...{ name: `${name}.jsonl`, mimeType: "application/jsonl" },
      buffer: Buffer.from(await (await fetch(`${url}/v1/bundles/${name}`)).arrayBuffer()),
    })),
  );
  await using watched = await openPage(browser, [url, rpcUrl], {});
  const { page, offences } = watched;
  const due = await auditByCommand(authority, contract);
  expect(due).toMatchObject({ findingCount: 0 });
  const form = new URLSearchParams({ rpc: rpcUrl, contract });
  await page.goto(`${url}/audit#${new URLSearchParams({ ...Object.fromEntries(form), bundles: url })}`);
  expect(await check(page)).toContain(`All ${due.checks.length} checks hold`);
  expect(new URLSearchParams(new URL(page.url()).hash.slice(1)).get("bundles")).toBe(url);

  const choose = async (chosen: typeof files): Promise<string> => {
    await page.goto(`${url}/audit?${Math.random()}#${form}`);
    await page.click("text=Bundles: what");
    await page.setInputFiles("#bundle-files", chosen);
    return await check(page);
  };
  expect(await choose(files)).toContain(`All ${due.checks.length} checks hold`);
  const forged = files.map((file, i) =>
    i === 0 ? { ...file, buffer: Buffer.concat([file.buffer, Buffer.of(10)]) } : file,
  );
  expect(await choose(forged)).toMatch(/\d+ fail/);
  await page.goto(`${url}/audit?none#${form}`);
  await page.click("text=Bundles: what");
  await page.setInputFiles("#bundle-files", { name: "x.jsonl", mimeType: "", buffer: Buffer.from("<script>") });
  await page.click("text=Check the history");
  expect(await page.textContent("#bundlesUrl-hint")).toContain("None of these files is a bundle");
  expect(offences).toEqual([]);
}

async function check(page: Page): Promise<string> {
  await page.click("text=Check the history");
  await page.waitForSelector(".result, .failed");
  return (await page.textContent(".checks summary").catch(() => null)) ?? (await page.textContent(".failed")) ?? "";
}

async function auditByCommand({ url, rpcUrl }: RealAuthority, contract: string) {
  const signal = new AbortController().signal;
  const source = await openBundleSource(url, signal);
  return await runAudit({
    ...{ rpcUrl, contract, signal, sources: new Set(["bundles"] as const) },
    observers: (context) => [followBundles(context, { source, held: null, contents: null, signal })],
  });
}
