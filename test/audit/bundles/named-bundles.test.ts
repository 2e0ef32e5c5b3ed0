import { expect, test } from "vitest";
import { listNamedBundles } from "../../../audit/bundles/named-bundles.ts";
import { openChain } from "../../../audit/chain/chain-reader.ts";
import { auditHistory } from "../support/audited.ts";

test("the bundles that batches name are listed in the order of the chain, before any replay", async () => {
  await using audited = await auditHistory();
  const chain = await openChain(audited.history.rpcUrl, new AbortController().signal);
  const { contract, fromBlock, toBlock } = audited.report;
  const settled = audited.facts.flatMap(({ events }) => events.filter((event) => event.kind === "Settled"));
  expect(settled).toHaveLength(8);
  expect(await listNamedBundles(chain, { contract, fromBlock, toBlock })).toEqual(
    settled.map(({ batch, bundleHash }) => ({ batch, bundleHash })),
  );
});
